// Package ui knows the pages a salon sees on its tablets: routes, templates,
// words in two languages, and what a browser is allowed to do. It knows nothing
// of SQL, backups or files; everything it shows was read through a store.Scope,
// and everything it changes goes through one.
//
// A page is one handler, one typed struct and one template. The handler is
// registered in routes.go through public, staff or first, so a route without a
// guard does not exist. A POST answers 303; a GET renders the whole page, or
// only its "desk" block when htmx asked for it.
package ui
