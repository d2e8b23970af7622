package appliance

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "salonkeep"

// mayImport is who may import whom inside the house. A package that is not
// listed may not exist: adding one is a decision, made here. "/..." allows a
// package and everything below it.
var mayImport = map[string][]string{
	".":                      {"appliance"},
	"appliance":              {"appliance/...", "ui", "backup/...", "store", "store/salon", "store/ingest"},
	"appliance/lan":          {"store/salon"},
	"store":                  {"store/salon", "store/migrations"},
	"store/migrations":       {},
	"store/salon":            {},
	"store/ingest":           {"store/salon"},
	"store/storetest":        {"store", "store/salon", "store/ingest"},
	"backup":                 {"backup/point", "backup/shelf", "store/salon"},
	"backup/point":           {"store/salon"},
	"backup/shelf":           {"store/salon"},
	"backup/shelf/shelftest": {"backup/shelf", "store/salon"},
	"ui":                     {"store", "store/salon"},
	"ui/uitest":              {},
	"scripts/bench":          {},
}

// testsMayImport is what the tests of a package may use on top of that.
var testsMayImport = map[string][]string{
	"appliance":    {"store/storetest", "ui/uitest"},
	"store":        {"store/storetest", "store/ingest"},
	"store/ingest": {"store", "store/storetest"},
	"backup":       {"backup/shelf/shelftest"},
	"backup/shelf": {"backup/shelf/shelftest"},
	"ui":           {"store/storetest", "store/ingest", "ui/uitest"},
	"ui/uitest":    {"ui", "store", "store/salon", "store/storetest", "store/ingest"},
}

// owners names the one part of the house that may import a library, so that
// replacing the library is an afternoon. Tests are held to it too, except that
// a test may prove our files with the library itself.
var owners = map[string]string{
	"modernc.org/sqlite":            "store",
	"github.com/pressly/goose/v3":   "store",
	"github.com/labstack/echo/v4":   "ui",
	"github.com/nicksnyder/go-i18n": "ui",
	"github.com/chromedp":           "ui/uitest",
	"filippo.io/age":                "backup",
	"aead.dev/minisign":             "backup",
	"github.com/klauspost/compress": "backup",
	"github.com/minio/minio-go":     "backup/shelf",
	"github.com/robfig/cron":        "appliance",
	"github.com/spf13/cobra":        "appliance",
	"github.com/kardianos/service":  "appliance/service",
	"github.com/grandcat/zeroconf":  "appliance/lan",
}

// standardOnly are the packages that use the standard library alone.
var standardOnly = []string{"store/salon"}

// goFile is one parsed file of the house.
type goFile struct {
	path string // relative to the module, with slashes
	dir  string
	test bool
	ast  *ast.File
	fset *token.FileSet
}

func (f goFile) line(p token.Pos) int { return f.fset.Position(p).Line }

// house parses every Go file of the module.
func house(t *testing.T) []goFile {
	t.Helper()
	root := moduleRoot(t)
	fset := token.NewFileSet()
	var files []goFile
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != root && (skippedFolder(d.Name()) || hasOwnModule(name)) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		files = append(files, goFile{path: rel, dir: path.Dir(rel), test: strings.HasSuffix(rel, "_test.go"), ast: parsed, fset: fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = filepath.Dir(dir)
	}
}

func skippedFolder(name string) bool {
	return name == "node_modules" || name == "testdata" || name == "dist" || strings.HasPrefix(name, "salon-data") ||
		(strings.HasPrefix(name, ".") && name != ".ci")
}

func hasOwnModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func TestImportsKeepToTheMap(t *testing.T) {
	for _, f := range house(t) {
		allowed, known := mayImport[f.dir]
		if !known {
			t.Errorf("%s: package %s is not in mayImport: a new package is a decision, write it there", f.path, f.dir)
			continue
		}
		if f.test {
			allowed = append(slices.Clone(allowed), testsMayImport[f.dir]...)
			allowed = append(allowed, f.dir) // external test package
		}
		for _, spec := range f.ast.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if inner, ours := strings.CutPrefix(imported, module+"/"); ours {
				if !allows(allowed, inner) {
					t.Errorf("%s:%d: %s may not import %s", f.path, f.line(spec.Pos()), f.dir, inner)
				}
				continue
			}
			checkLibrary(t, f, spec, imported)
		}
	}
}

func checkLibrary(t *testing.T, f goFile, spec *ast.ImportSpec, imported string) {
	t.Helper()
	if !strings.Contains(strings.Split(imported, "/")[0], ".") {
		return // standard library
	}
	if slices.Contains(standardOnly, f.dir) && !f.test {
		t.Errorf("%s:%d: %s uses the standard library alone, not %s", f.path, f.line(spec.Pos()), f.dir, imported)
	}
	for library, owner := range owners {
		if imported != library && !strings.HasPrefix(imported, library+"/") {
			continue
		}
		if f.dir != owner && !strings.HasPrefix(f.dir, owner+"/") && !f.test {
			t.Errorf("%s:%d: only %s may import %s", f.path, f.line(spec.Pos()), owner, library)
		}
	}
}

func allows(allowed []string, inner string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		tree, below := strings.CutSuffix(a, "/...")
		return inner == tree || (below && strings.HasPrefix(inner, tree+"/"))
	})
}

func TestEveryPackageSaysWhatItKnows(t *testing.T) {
	docs := map[string][]string{}
	for _, f := range house(t) {
		if f.test {
			continue
		}
		docs[f.dir] = append(docs[f.dir], "")
		if f.ast.Doc != nil {
			docs[f.dir] = append(docs[f.dir], f.path)
		}
	}
	for dir, with := range docs {
		with = slices.DeleteFunc(with, func(s string) bool { return s == "" })
		if len(with) != 1 {
			t.Errorf("package %s: %d files carry a package comment (%s), it needs exactly one", dir, len(with), strings.Join(with, ", "))
		}
	}
}

// topLevel is closed: everything has its place below one of these.
var topLevel = []string{"main.go", "appliance", "store", "backup", "ui", "packaging", "scripts", "go.mod", "go.sum",
	"LICENSE", "README.md", ".ci", ".gitignore", ".golangci.yml"}

func TestTopLevelIsClosed(t *testing.T) {
	entries, err := os.ReadDir(moduleRoot(t))
	if err != nil {
		t.Fatal(err)
	}
	// What the program or the scripts leave behind is ignored by git as well.
	ignored := []string{".git", ".cache", "dist", "salonkeep", "salonkeep.exe"}
	for _, e := range entries {
		if !slices.Contains(topLevel, e.Name()) && !slices.Contains(ignored, e.Name()) && !strings.HasPrefix(e.Name(), "salon-data") {
			t.Errorf("%s does not belong at the top: find its package", e.Name())
		}
	}
	for _, name := range topLevel {
		if _, err := os.Stat(filepath.Join(moduleRoot(t), name)); err != nil {
			t.Errorf("%s is missing", name)
		}
	}
}
