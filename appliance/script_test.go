package appliance

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"salonkeep/backup/shelf/shelftest"
	"salonkeep/store"
)

// crashVariable names the moment at which a salonkeep of the tests is killed,
// as hard as a power cut kills it. Behind a "*" stands how often the moment
// passes before: "put manifest.json: written*1" is the second time.
const crashVariable = "SALONKEEP_CRASH_AT"

// salonkeepOfTests is the real program with password hashes that cost nothing.
func salonkeepOfTests() *program {
	p := &program{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now, cost: store.Cost{MemoryKiB: 64, Passes: 1}, sealCost: 10}
	at, skip, _ := strings.Cut(os.Getenv(crashVariable), "*")
	if at == "" {
		return p
	}
	left, _ := strconv.Atoi(skip) // none is 0
	p.at = func(name string) {
		if name != at {
			return
		}
		if left == 0 {
			if self, err := os.FindProcess(os.Getpid()); err == nil {
				_ = self.Kill()
			}
			select {} // until it is dead
		}
		left--
	}
	return p
}

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"salonkeep": func() { os.Exit(salonkeepOfTests().main(os.Args[1:])) },
		"bookonce":  bookOnce,
	})
}

// The stories of testdata/script, told on the command line as a technician
// would type them.
func TestScripts(t *testing.T) {
	shared := sharedFolder()
	if shared == "" {
		t.Log("the shared folder with the real salon's files is missing: scripts that need it are skipped")
	}
	age := shelftest.Tool(t, "age", "SALONKEEP_AGE")
	var bucket *shelftest.Server
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("REAL", filepath.Join(shared, "data", "toronto-salon"))
			env.Setenv("AGE", age)
			return os.WriteFile(filepath.Join(env.WorkDir, "password"), []byte("three plain words\n"), 0o600)
		},
		Condition: func(cond string) (bool, error) {
			if cond == "real" {
				return shared != "", nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"code":    code,
			"flip":    flip,
			"address": address,
			"serving": serving,
			"bucket": func(ts *testscript.TestScript, _ bool, args []string) {
				if bucket == nil {
					bucket = shelftest.StartServer(t)
				}
				bucket.NewBucket(t, args[0])
				ts.Setenv("BUCKET", bucket.URL(args[0], "salon"))
				ts.Check(os.WriteFile(ts.MkAbs("credentials"), []byte("access_key_id = "+bucket.Credentials.AccessKey+"\nsecret_access_key = "+bucket.Credentials.SecretKey+"\n"), 0o600))
			},
		},
	})
}

// code N COMMAND...: the command ends with exit code N.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		got = -1
		if e, ok := err.(interface{ ExitCode() int }); ok {
			got = e.ExitCode()
		}
	}
	if want, _ := strconv.Atoi(args[0]); got != want {
		ts.Fatalf("%v ended with %d, want %s: %v", args[1:], got, args[0], err)
	}
}

// flip FILE: one bit in the middle of the file is turned over. FILE may be a
// pattern that fits one file.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	found, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if neg || len(found) != 1 {
		ts.Fatalf("%s fits %d files", args[0], len(found))
	}
	b, err := os.ReadFile(found[0])
	ts.Check(err)
	b[len(b)/2] ^= 1
	ts.Check(os.WriteFile(found[0], b, 0o600))
}

// address NAME: a free address on this PC in $NAME.
func address(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], l.Addr().String())
	ts.Check(l.Close())
}

// serving ADDRESS [WORDS]: waits until the appliance answers /healthz, with
// WORDS in the answer.
func serving(ts *testscript.TestScript, neg bool, args []string) {
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // whose authority the test does not know
	defer client.CloseIdleConnections()
	last := "no answer"
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		res, err := client.Get("https://" + args[0] + "/healthz")
		if err != nil {
			last = err.Error()
			if neg {
				return
			}
			continue
		}
		body := make([]byte, 4096)
		n, _ := res.Body.Read(body)
		res.Body.Close()
		last = string(body[:n])
		if !neg && res.StatusCode == http.StatusOK && (len(args) == 1 || strings.Contains(last, args[1])) {
			return
		}
	}
	ts.Fatalf("%s: %s", args[0], last)
}

// sharedFolder is the folder with the real salon's files that lies beside the
// project, "" where it does not.
func sharedFolder() string {
	dir, err := filepath.Abs(filepath.Join("..", "..", "shared"))
	if err != nil {
		return ""
	}
	if _, err := os.Stat(filepath.Join(dir, "data")); err != nil {
		return ""
	}
	return dir
}
