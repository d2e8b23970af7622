package ui

import "net/http"

type route struct {
	method, path string
	handler      guarded
}

func get(path string, h guarded) route  { return route{http.MethodGet, path, h} }
func post(path string, h guarded) route { return route{http.MethodPost, path, h} }

// routes is every address this server answers, desk by desk.
func (s *Server) routes() []route {
	return []route{
		get("/", s.public(getHome)),
		get("/healthz", s.public(getHealth)),
		get("/ui/*", s.public(getAsset)),
		post("/device", s.public(postDevice)),
		get("/signin", s.public(getSignIn)),
		post("/signin", s.public(postSignIn)),
		post("/signout", s.staff(postSignOut)),
		get("/live", s.staff(getLive)),
		get("/calendar", s.staff(getCalendar)),
		get("/find/clients", s.staff(getFind)),
		post("/visits", s.staff(postBook)),
		post("/visits/:id/status", s.staff(postStatus)),
		post("/visits/:id/move", s.staff(postMove)),
		post("/undo", s.staff(postUndo)),
		get("/clients", s.staff(getClients)),
		get("/clients/new", s.staff(getNewClient)),
		post("/clients", s.staff(postNewClient)),
		get("/clients/:id", s.staff(getClient)),
		get("/clients/:id/edit", s.staff(getEditClient)),
		post("/clients/:id", s.staff(postEditClient)),
		post("/clients/:id/notes", s.staff(postClientNote)),
		get("/receipts", s.staff(getReceipts)),
		get("/receipts/:id", s.staff(getReceipt)),
		get("/more", s.staff(getMore)),
		post("/staff", s.staff(postStaff)),
		post("/language", s.staff(postLanguage)),
	}
}
