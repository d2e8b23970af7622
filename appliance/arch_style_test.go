package appliance

import (
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	longestFile     = 500
	longestFunction = 60
)

func TestNothingIsTooLong(t *testing.T) {
	root := moduleRoot(t)
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != root && (skippedFolder(d.Name()) || d.Name() == "locales") {
				return fs.SkipDir
			}
			return nil
		}
		switch filepath.Ext(name) {
		case ".go", ".ts", ".js", ".mjs", ".css", ".html", ".sql", ".sh", ".py":
		default:
			return nil
		}
		if strings.Contains(d.Name(), ".golden.") {
			return nil // written by a test
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if n := strings.Count(string(text), "\n"); n > longestFile {
			t.Errorf("%s has %d lines: split it by meaning, at most %d", name, n, longestFile)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range house(t) {
		if f.test {
			continue
		}
		for _, decl := range f.ast.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok {
				if n := f.line(fn.End()) - f.line(fn.Pos()) + 1; n > longestFunction {
					t.Errorf("%s:%d: %s has %d lines: split it by meaning, at most %d", f.path, f.line(fn.Pos()), fn.Name.Name, n, longestFunction)
				}
			}
		}
	}
}

// bannedCalls maps package.Function to why, and to the folders that may call
// it all the same.
var bannedCalls = map[string]struct {
	why    string
	except []string
}{
	"time.Now":   {"take the time from the injected now", []string{"appliance", "ui/uitest", "scripts/bench"}},
	"time.Since": {"it calls time.Now: take the time from the injected now", []string{"appliance", "ui/uitest", "scripts/bench"}},
	"time.Until": {"it calls time.Now: take the time from the injected now", []string{"appliance", "ui/uitest", "scripts/bench"}},
	"log.Fatal":  {"return the error: only the rim ends the program", nil},
	"log.Fatalf": {"return the error: only the rim ends the program", nil},
	"os.Exit":    {"return the error: only main.go ends the program", []string{"."}},
	"rand.Seed":  {"crypto/rand, or a seed that is handed in", nil},
}

func TestBannedCalls(t *testing.T) {
	for _, f := range house(t) {
		if f.test {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			ban, banned := bannedCalls[pkg.Name+"."+sel.Sel.Name]
			if banned && !slices.ContainsFunc(ban.except, func(dir string) bool { return f.dir == dir || strings.HasPrefix(f.dir, dir+"/") }) {
				t.Errorf("%s:%d: %s.%s: %s", f.path, f.line(sel.Pos()), pkg.Name, sel.Sel.Name, ban.why)
			}
			return true
		})
	}
}

// opensFiles are the functions that put a descriptor on a file. In a process
// that has the database open, closing any other descriptor of it drops SQLite's
// POSIX locks, so the packages that work beside an open database may not name
// it to one of these.
var opensFiles = []string{"Open", "OpenFile", "Create", "ReadFile", "WriteFile", "OpenRoot"}

func TestNobodyOpensTheDatabaseAsAFile(t *testing.T) {
	database := regexp.MustCompile(`(?i)salon\.db|\bdb\b|dbpath|database`)
	for _, f := range house(t) {
		if f.test || f.dir == "store" { // store streams the frozen file with OFD locks switched on: see its snapshot
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !slices.Contains(opensFiles, sel.Sel.Name) {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); !ok || pkg.Name != "os" {
				return true
			}
			if arg := source(t, f, call.Args[0]); database.MatchString(arg) {
				t.Errorf("%s:%d: os.%s(%s): never open the live database as a file", f.path, f.line(call.Pos()), sel.Sel.Name, arg)
			}
			return true
		})
	}
}

func source(t *testing.T, f goFile, n ast.Node) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(moduleRoot(t), f.path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text[f.fset.Position(n.Pos()).Offset:f.fset.Position(n.End()).Offset])
}

func TestNoInitAndNoPackageState(t *testing.T) {
	variables := map[string]map[string]bool{} // folder -> package-level names
	atTop := map[any]bool{}
	files := house(t)
	for _, f := range files {
		if variables[f.dir] == nil {
			variables[f.dir] = map[string]bool{}
		}
		for _, decl := range f.ast.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR || f.test {
				continue
			}
			for _, spec := range gen.Specs {
				atTop[spec] = true
				for _, name := range spec.(*ast.ValueSpec).Names {
					variables[f.dir][name.Name] = name.Name != "_" // a check of the compiler's, no state
				}
			}
		}
	}
	for _, f := range files {
		if f.test {
			continue
		}
		for _, decl := range f.ast.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s:%d: no init(): say it where it is used", f.path, f.line(fn.Pos()))
			}
			for _, changed := range assigned(fn) {
				if variables[f.dir][changed.Name] && isPackageLevel(changed, atTop) {
					t.Errorf("%s:%d: %s changes the package variable %s: state belongs to a value", f.path, f.line(changed.Pos()), fn.Name.Name, changed.Name)
				}
			}
		}
	}
}

// assigned lists the variables a function assigns to, also through an index or
// a field.
func assigned(fn *ast.FuncDecl) []*ast.Ident {
	var out []*ast.Ident
	add := func(e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.IndexExpr:
				e = x.X
			case *ast.SelectorExpr:
				e = x.X
			case *ast.Ident:
				out = append(out, x)
				return
			default:
				return
			}
		}
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		switch s := n.(type) {
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE {
				for _, l := range s.Lhs {
					add(l)
				}
			}
		case *ast.IncDecStmt:
			add(s.X)
		}
		return true
	})
	return out
}

// isPackageLevel tells whether a name means a package variable: the parser
// found no declaration of it in this file, or one that stands at its top.
func isPackageLevel(id *ast.Ident, atTop map[any]bool) bool {
	return id.Obj == nil || atTop[id.Obj.Decl]
}

func TestExportedNamesAreExplained(t *testing.T) {
	wellKnown := []string{"String", "Error", "Unwrap", "Close", "Read", "Write", "Len", "Less", "Swap", "ServeHTTP"}
	for _, f := range house(t) {
		if f.test {
			continue
		}
		for _, decl := range f.ast.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && !(d.Recv != nil && slices.Contains(wellKnown, d.Name.Name)) {
					t.Errorf("%s:%d: %s has no comment", f.path, f.line(d.Pos()), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					ts, ok := spec.(*ast.TypeSpec)
					if ok && ts.Name.IsExported() && d.Doc == nil && ts.Doc == nil && ts.Comment == nil {
						t.Errorf("%s:%d: %s has no comment", f.path, f.line(ts.Pos()), ts.Name.Name)
					}
				}
			}
		}
	}
}

func TestNothingIsLeftForLater(t *testing.T) {
	later := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)
	for _, f := range house(t) {
		for _, group := range f.ast.Comments {
			if later.MatchString(group.Text()) {
				t.Errorf("%s:%d: %q: do it or file an issue", f.path, f.line(group.Pos()), later.FindString(group.Text()))
			}
		}
	}
}
