package uitest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// finder finds what a person means by a label: the visible control whose words
// are exactly that, or begin with it.
const finder = `(label => {
  const words = e => {
    const id = e.id && document.querySelector('label[for="' + CSS.escape(e.id) + '"]');
    return [e.getAttribute('aria-label'), e.matches('input,select,textarea') ? (id || e.closest('label'))?.innerText : e.innerText, e.getAttribute('placeholder')]
      .filter(Boolean).map(s => s.replace(/\s+/g, ' ').trim());
  };
  const seen = e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && getComputedStyle(e).visibility !== 'hidden' && !e.disabled; };
  const all = [...document.querySelectorAll('SELECTOR')].filter(seen);
  return all.find(e => words(e).includes(label)) ?? all.find(e => words(e).some(w => w.startsWith(label))) ?? null;
})`

const (
	clickable = `a[href], button, summary, input[type=checkbox], input[type=radio], label, [role=button], [role=radio], [role=tab]`
	fillable  = `input:not([type=hidden]):not([type=checkbox]):not([type=radio]), textarea, select`
)

func find(selector, label string) string {
	return "(" + strings.Replace(finder, "SELECTOR", selector, 1) + ")(" + quote(label) + ")"
}

type point struct{ X, Y float64 }

// centre brings an element into view and says where its middle is.
const centre = `(e => { e.scrollIntoView({block: 'nearest', inline: 'nearest'}); const r = e.getBoundingClientRect(); return {X: r.x + r.width / 2, Y: r.y + r.height / 2}; })`

// Click presses the mouse on the link, button or choice with that label.
func (tab *Tab) Click(label string) {
	tab.t.Helper()
	el := find(clickable, label)
	tab.Wait(fmt.Sprintf("a control %q", label), el)
	at := Eval[point](tab, centre+"("+el+")")
	tab.do(chromedp.MouseClickXY(at.X, at.Y))
}

// Has tells whether there is a control with that label right now.
func (tab *Tab) Has(label string) bool {
	tab.t.Helper()
	return Eval[bool](tab, "Boolean("+find(clickable, label)+")")
}

// Fill types into the field with that label, in place of what was there. Dates,
// times and choices are set to the value.
func (tab *Tab) Fill(label, text string) {
	tab.t.Helper()
	el := find(fillable, label)
	tab.Wait(fmt.Sprintf("a field %q", label), el)
	plain := Eval[bool](tab, `(e => { e.focus(); if (e.matches('select, [type=date], [type=time]')) return false; e.select?.(); return true; })(`+el+`)`)
	if !plain {
		Eval[bool](tab, `((e, V) => {
			if (e.matches('select')) { const o = [...e.options].find(o => o.value === V || o.text.startsWith(V)); if (!o) throw new Error('no choice ' + V); e.value = o.value; }
			else e.value = V;
			e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true})); return true;
		})(`+el+`, `+quote(text)+`)`)
		return
	}
	ctx, stop := context.WithTimeout(tab.ctx, patience)
	defer stop()
	if text == "" {
		tab.Press("Delete")
		return
	}
	if _, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		tab.t.Fatalf("type into %q: %v", label, err)
	}
}

// Press presses a key: "Enter", "Escape", "Tab", an arrow, or a letter.
func (tab *Tab) Press(key string) {
	tab.t.Helper()
	named := map[string]string{"Enter": kb.Enter, "Escape": kb.Escape, "Tab": kb.Tab, "Delete": kb.Delete, "Backspace": kb.Backspace,
		"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight}
	if code, ok := named[key]; ok {
		key = code
	}
	tab.do(chromedp.KeyEvent(key))
}

// Focus puts the keyboard on the element of a CSS selector.
func (tab *Tab) Focus(css string) {
	tab.t.Helper()
	tab.Wait(css, "document.querySelector("+quote(css)+")")
	Eval[bool](tab, "(document.querySelector("+quote(css)+").focus(), true)")
}

// Middle is where the middle of an element is on the screen.
func (tab *Tab) Middle(css string) (x, y float64) {
	tab.t.Helper()
	tab.Wait(css, "document.querySelector("+quote(css)+")")
	at := Eval[point](tab, centre+"(document.querySelector("+quote(css)+"))")
	return at.X, at.Y
}

// MouseClick presses the mouse at a place.
func (tab *Tab) MouseClick(x, y float64) {
	tab.t.Helper()
	tab.do(chromedp.MouseClickXY(x, y))
}

// DragMouse pulls with the mouse from one place to another.
func (tab *Tab) DragMouse(x1, y1, x2, y2 float64) {
	tab.t.Helper()
	const steps = 12
	mouse := func(kind input.DispatchMouseEventType, x, y float64) {
		tab.do(chromedp.MouseEvent(kind, x, y, chromedp.ButtonLeft))
	}
	mouse(chromedp.MousePressed, x1, y1)
	for i := 1; i <= steps; i++ {
		f := float64(i) / steps
		mouse(chromedp.MouseMoved, x1+(x2-x1)*f, y1+(y2-y1)*f)
	}
	mouse(chromedp.MouseReleased, x2, y2)
}

// DragFinger holds a finger down until the thing lifts, then pulls.
func (tab *Tab) DragFinger(x1, y1, x2, y2 float64, lifted string) {
	tab.t.Helper()
	touch := func(kind input.DispatchTouchEventType, points ...*input.TouchPoint) {
		ctx, stop := context.WithTimeout(tab.ctx, patience)
		defer stop()
		if _, err := chromedp.Call(ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points}); err != nil {
			tab.t.Fatalf("touch: %v", err)
		}
	}
	touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: x1, Y: y1})
	tab.Wait("the lift", "document.querySelector("+quote(lifted)+")")
	const steps = 12
	for i := 1; i <= steps; i++ {
		f := float64(i) / steps
		touch(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: x1 + (x2-x1)*f, Y: y1 + (y2-y1)*f})
	}
	touch(input.DispatchTouchEventTypeTouchEnd)
}

// Upload hands a file to the file field of a CSS selector.
func (tab *Tab) Upload(css, file string) {
	tab.t.Helper()
	tab.do(chromedp.SetUploadFiles(chromedp.CSS(css), []string{file}))
}

// Shot writes a picture of the screen.
func (tab *Tab) Shot(file string) {
	tab.t.Helper()
	Eval[bool](tab, "document.fonts.ready.then(() => true)")
	time.Sleep(150 * time.Millisecond) // let transitions come to rest
	ctx, stop := context.WithTimeout(tab.ctx, patience)
	defer stop()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		tab.t.Fatalf("take a picture: %v", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		tab.t.Fatal(err)
	}
	if err := os.WriteFile(file, png, 0o644); err != nil {
		tab.t.Fatal(err)
	}
}
