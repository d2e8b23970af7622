package ui

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// inTemplates finds {{t "…"}}, {{n x "…"}} and {{day x "…"}}.
var inTemplates = regexp.MustCompile(`\bt "((?:[^"\\]|\\.)+)"|\b(?:n|day) (?:\([^)]*\)|[^\s"]+) "((?:[^"\\]|\\.)+)"`)

// spoken are the calls whose sentence is translated, and where it stands.
var spoken = map[string]int{"say": 0, "T": 0, "N": 1, "Day": 1, "date": 1, "E": 1, "On": 1}

// sentences are all keys used by pages and by the errors of the packages below.
func sentences(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(templateFiles, "templates", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(templateFiles, name)
		if err != nil {
			return err
		}
		for _, m := range inTemplates.FindAllStringSubmatch(string(text), -1) {
			for _, key := range m[1:] {
				if key == "" {
					continue
				}
				plain, err := strconv.Unquote(`"` + key + `"`)
				if err != nil {
					return err
				}
				found[plain] = name
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// Of the appliance, what the first run says; its commands speak English.
	for _, tree := range []string{".", "../store", "../backup", "../appliance/claim.go", "../appliance/firstrun.go", "../appliance/bringback.go"} {
		for file, key := range goSentences(t, tree) {
			for _, k := range key {
				found[k] = file
			}
		}
	}
	return found
}

func goSentences(t *testing.T, tree string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir(tree, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == "uitest") {
			return fs.SkipDir
		}
		if filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "storetest") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		ours := tree == "."
		ast.Inspect(parsed, func(n ast.Node) bool {
			if key, ok := spokenBy(n, ours); ok {
				out[name] = append(out[name], key)
			}
			return true
		})
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return out
}

// spokenBy is the sentence of a call that says something, if n is one. Below
// ui only salon.E and On speak to people.
func spokenBy(n ast.Node, ours bool) (string, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return "", false
	}
	name := ""
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	if name == "missing" && !ours && len(call.Args) == 1 { // the store's one sentence for what is not there
		if literal, ok := call.Args[0].(*ast.BasicLit); ok {
			what, err := strconv.Unquote(literal.Value)
			return "There is no such " + what + ".", err == nil
		}
	}
	at, ok := spoken[name]
	if !ok || len(call.Args) <= at || (!ours && name != "E" && name != "On") {
		return "", false
	}
	literal, ok := call.Args[at].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil && text != ""
}

func readCatalogue(t *testing.T, lang string) map[string]any {
	t.Helper()
	raw, err := localeFiles.ReadFile("locales/" + lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatalf("%s: %v", lang, err)
	}
	return out
}

func TestEverySentenceIsTranslated(t *testing.T) {
	used, chinese := sentences(t), readCatalogue(t, "zh-CN")
	for _, key := range slices.Sorted(maps.Keys(used)) {
		if _, ok := chinese[key]; !ok {
			t.Errorf("%s says %q, which zh-CN.json does not translate", used[key], key)
		}
	}
	for key := range chinese {
		if used[key] == "" {
			t.Errorf("zh-CN.json translates %q, which nothing says", key)
		}
	}
	for key := range readCatalogue(t, "en") {
		if used[key] == "" {
			t.Errorf("en.json has a plural for %q, which nothing says", key)
		}
	}
}

var verb = regexp.MustCompile(`%(\[\d+\])?[a-z]`)

func TestTranslationsKeepTheVerbs(t *testing.T) {
	count := func(s string) int { return len(verb.FindAllString(s, -1)) }
	for key, value := range readCatalogue(t, "zh-CN") {
		text, ok := value.(string)
		if !ok {
			text, _ = value.(map[string]any)["other"].(string)
		}
		if text == "" || count(text) != count(key) {
			t.Errorf("%q has %d verbs, its translation %q has %d", key, count(key), text, count(text))
		}
	}
}
