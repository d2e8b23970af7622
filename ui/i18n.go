package ui

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"

	"salonkeep/store/salon"
)

// Catalogues are keyed by the English sentence. zh-CN.json holds every one of
// them; en.json only those whose English needs a plural.
//
//go:embed locales/*.json
var localeFiles embed.FS

// Languages people can choose, each named in itself.
var Languages = []struct{ Code, Name string }{{"en", "English"}, {"zh-CN", "简体中文"}}

type catalogue struct {
	languages map[string]*words
	patterns  []pattern // of the sentences, to find stored ones again
}

// words speaks one language and knows how it writes dates and money.
type words struct {
	Lang string
	loc  *i18n.Localizer
	all  *catalogue
	zone zone
}

func loadWords() (*catalogue, error) {
	bundle := i18n.NewBundle(language.English)
	c := &catalogue{languages: map[string]*words{}}
	for _, l := range Languages {
		if _, err := bundle.LoadMessageFileFS(localeFiles, "locales/"+l.Code+".json"); err != nil {
			return nil, fmt.Errorf("read the %s catalogue: %w", l.Code, err)
		}
	}
	sentences := map[string]any{}
	raw, err := localeFiles.ReadFile("locales/zh-CN.json")
	if err == nil {
		err = json.Unmarshal(raw, &sentences)
	}
	if err != nil {
		return nil, fmt.Errorf("read the sentences: %w", err)
	}
	c.patterns = patternsOf(slices.Collect(maps.Keys(sentences)))
	for _, l := range Languages {
		c.languages[l.Code] = &words{Lang: l.Code, loc: i18n.NewLocalizer(bundle, l.Code), all: c}
	}
	return c, nil
}

// in speaks the language of that code, English if we do not know it.
func (c *catalogue) in(code string) *words {
	if w, ok := c.languages[code]; ok {
		return w
	}
	return c.languages["en"]
}

// forRequest is the language before anybody signed in: the device's choice,
// then the browser's.
func (c *catalogue) forRequest(r *http.Request) *words {
	for _, secure := range []bool{true, false} {
		if lang := readDevice(r, secure).Lang; lang != "" {
			return c.in(lang)
		}
	}
	accepted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err == nil {
		for _, tag := range accepted {
			if base, _ := tag.Base(); base.String() == "zh" {
				return c.in("zh-CN")
			} else if base.String() == "en" {
				return c.in("en")
			}
		}
	}
	return c.in("en")
}

// say marks a sentence that is translated later, so that the test of the
// catalogues finds it. It returns its argument.
func say(sentence string) string { return sentence }

// iconName marks the name of an icon in Go, so that the build finds it.
func iconName(name string) string { return name }

// T translates the sentence and fills its verbs.
func (w *words) T(sentence string, args ...any) string {
	if sentence == "" {
		return ""
	}
	text, err := w.loc.Localize(&i18n.LocalizeConfig{
		MessageID: sentence, DefaultMessage: &i18n.Message{ID: sentence, Other: sentence}, TemplateParser: template.IdentityParser{},
	})
	if text == "" && err != nil {
		text = sentence
	}
	return fill(text, args)
}

// N translates a sentence with a number, whose first verb is the number.
func (w *words) N(count int, sentence string, args ...any) string {
	text, err := w.loc.Localize(&i18n.LocalizeConfig{
		MessageID: sentence, PluralCount: count, DefaultMessage: &i18n.Message{ID: sentence, Other: sentence}, TemplateParser: template.IdentityParser{},
	})
	if text == "" && err != nil {
		text = sentence
	}
	return fill(text, append([]any{count}, args...))
}

func fill(text string, args []any) string {
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Say is the sentence of an error in this language.
func (w *words) Say(err error) string {
	var e *salon.Error
	if !errors.As(err, &e) {
		return w.T(brokenSentence)
	}
	if e.Kind == salon.Broken {
		return w.T(brokenSentence)
	}
	args := make([]any, len(e.Args))
	for i, a := range e.Args {
		args[i] = a
		switch v := a.(type) {
		case salon.Day:
			args[i] = w.Day(v, "Monday 2 January")
		case salon.Status:
			args[i] = w.T(statusWord(v))
		}
	}
	return w.T(e.Say, args...)
}

// Complaints are the fields of a form that an error complains about, in words.
func (w *words) Complaints(err error) map[string]string {
	var e *salon.Error
	if !errors.As(err, &e) {
		return nil
	}
	out := map[string]string{}
	for field, complaint := range e.Field {
		out[field] = w.T(complaint)
	}
	return out
}

// Names joins names the way the language does.
func (w *words) Names(names []string) string { return strings.Join(names, w.T(", ")) }
