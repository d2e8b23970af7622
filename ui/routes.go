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
		get("/more", s.staff(getMore)),
		post("/staff", s.staff(postStaff)),
		post("/language", s.staff(postLanguage)),
	}
}
