// Package store keeps one salon's data in one SQLite file and is the only way
// to it. A request without a session holds a Door; signing in yields a Scope,
// the store as one person on one device may use it. There is no other way to
// the data, so no caller can forget to ask whether somebody may do something.
//
// It knows how records are kept, who may see and change them, and what was
// changed by whom. It knows nothing of pages, files of other systems or where
// restore points lie.
//
// # Reading
//
// Contacts are masked where a row is scanned: a masked salon.Contact does not
// hold the plain value, so nothing that is handed on can give it away.
//
// # Writing
//
// Scope.write is the only way to change anything. It asks for the permission
// first, so that a stranger learns nothing from complaints; it runs in one
// immediate transaction; and it refuses to commit a change that does not say
// what it touched. The audit row and the change_log rows are in the same
// commit as the change.
//
// # What several branches will need
//
// Every row a second branch may see has a UUIDv7 text id, branch_id, version
// and a deleted mark instead of deletion; capture triggers, rebuilt from the
// schema after every migration, append each change to change_log and
// field_ver with a hybrid logical clock. A restore starts a new epoch.
package store
