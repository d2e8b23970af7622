package uitest

import (
	"os"
	"path/filepath"
)

// Axe runs axe-core over the page and gives every breach of WCAG 2.2 A and AA,
// one line each; none is what every page must have.
func (tab *Tab) Axe() []string {
	tab.t.Helper()
	script, err := os.ReadFile(filepath.Join(sourceDir(), "..", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		tab.t.Fatalf("axe-core is not installed; run `npm ci --ignore-scripts` in ui/: %v", err)
	}
	if !Eval[bool](tab, "'axe' in window") {
		Eval[bool](tab, string(script)+"; true")
	}
	return Eval[[]string](tab, `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r =>
		r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + (n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? '')).join(' | ')))`)
}

// Small lists controls below 44 px in one direction. The beads of the time line
// may be narrower: the list below it is the other way to each.
func (tab *Tab) Small() []string {
	tab.t.Helper()
	return Eval[[]string](tab, `[...document.querySelectorAll('button, a[href], input:not([type=hidden]), select, summary')].filter(e => {
		const r = e.getBoundingClientRect();
		return r.width > 0 && !e.closest('.vh, .skip, .ap, .choice, .bead, p, td, dd') && Math.min(r.width, r.height) < 43.5 && !e.matches('[type=checkbox], [type=radio]');
	}).map(e => (e.innerText || e.getAttribute('aria-label') || e.name || e.tagName).slice(0, 30) + ' ' + Math.round(e.getBoundingClientRect().width) + 'x' + Math.round(e.getBoundingClientRect().height))`)
}

// Wide lists what sticks out of the screen sideways.
func (tab *Tab) Wide() []string {
	tab.t.Helper()
	return Eval[[]string](tab, `[...document.querySelectorAll('body *')].filter(e => {
		const r = e.getBoundingClientRect();
		return r.width > 0 && !e.closest('.cal, .tablecard, .tabs, .scroll, .skip, .vh, .steps, .rings, .beads, .toasts, [hidden]') && (r.right > document.documentElement.clientWidth + 1 || r.left < -1);
	}).slice(0, 5).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 30))`)
}
