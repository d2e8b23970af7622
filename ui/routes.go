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
		get("/backups", s.staff(getBackups)),
		post("/backups", s.staff(postBackup)),
		post("/backups/targets", s.staff(postTarget)),
		post("/backups/targets/:id/remove", s.staff(postRemoveTarget)),
		get("/claim", s.public(getClaim)),
		post("/claim", s.public(postClaim)),
		get("/welcome", s.first(getWelcome)),
		post("/demo", s.first(postDemo)),
		get("/setup/salon", s.first(getSetupSalon)),
		post("/setup/salon", s.first(postSetupSalon)),
		get("/setup/owner", s.first(getSetupOwner)),
		post("/setup/owner", s.first(postSetupOwner)),
		get("/setup/kit", s.first(getSetupKit)),
		post("/setup/kit", s.first(postSetupKit)),
		get("/setup/kit.txt", s.first(getKitFile)),
		get("/setup/place", s.first(getSetupPlace)),
		post("/setup/place", s.first(postSetupPlace)),
		get("/done", s.public(getDone)),
		get("/restore", s.first(getRestore)),
		post("/restore", s.first(postRestoreSource)),
		get("/restore/kit", s.first(getRestoreKit)),
		post("/restore/check", s.first(postRestoreCheck)),
		post("/restore/kit", s.first(postRestoreKit)),
		get("/restore/point", s.first(getRestorePoint)),
		get("/restore/look", s.first(getRestoreLook)),
		post("/restore/start", s.first(postRestoreStart)),
		get("/restore/progress", s.first(getRestoreProgress)),
		post("/restore/open", s.first(postRestoreOpen)),
		post("/staff", s.staff(postStaff)),
		post("/language", s.staff(postLanguage)),
	}
}
