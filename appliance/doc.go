// Package appliance wires the records, the backups and the pages into one
// running program, and is every command of it. It is the only package that
// knows all the others, and it owns no rule of the salon.
//
// # What the house is for
//
// A PC in a salon keeps the salon's records in one file, serves pages to the
// tablets on the salon's own network, and seals a copy every night, so that
// the salon is open again within minutes on a new PC after the old one died.
// Three promises carry every decision:
//
//  1. Nothing is lost. What was acknowledged survives a power cut; what was
//     called backed up was brought back once, from the place where it lies.
//  2. Nobody sees what is not theirs. Access is decided in one place, and no
//     handler can forget to ask.
//  3. A tired receptionist can use it, and a stranger can maintain it. There
//     is one obvious file for a change.
//
// # The rooms
//
// store is the records in one SQLite file, and the only way to them. store/salon
// is the words and rules of the trade, of the standard library alone.
// store/ingest reads other systems' files. backup takes, proves and brings back
// restore points; backup/point is their format, backup/shelf the places they
// lie. ui is the pages. Nothing imports appliance; store and backup know nothing
// above them; ui and backup do not know each other. TestImportsKeepToTheMap holds all of
// that, with the reason for each library's one owner.
//
// # Access
//
// Only this package holds a *store.Store. A request without a session holds a
// store.Door. Signing in gives a *store.Scope: the records as one person on one
// device may use them. There is no other way to the data, so no handler passes
// a user on or adds a condition of its own: it has nothing to forget. Contacts
// are masked where a row is scanned, into a type that cannot hold both the mask
// and the value. Every change goes through Scope.write, which asks first, runs
// in one immediate transaction, and refuses to commit a change that does not
// say what it touched; the audit row and the change log are in that commit.
// One test calls every method as a stranger, another walks every route.
// Background work acts with a named Scope, so that the log always says who.
//
// # Data
//
// Everything the salon cannot make again is in salon.db: the records, and also
// the certificate authority that tablets trust, the key that signs restore
// points, and the owner's kit as it was sealed. One file to seal is one file to
// bring back, and after that the tablets find the PC they know. What the PC can
// make again lies beside it (folder.go).
//
// Ids are UUIDv7 text, money is whole minor units, instants are UTC text of
// fixed width, and the salon's day and hour are text of its own zone. Rows are
// marked deleted, never removed; every change of a row that another branch
// may one day see is captured by triggers made from the schema. Undo and the
// undoing of a whole import are the same thing: the change log read backwards.
//
// # Backups
//
// A run freezes the database file for readers (store.Snapshot), streams it
// through zstd and age to the target, reads it back from there past the
// system's cache, opens it with the file key that the run alone remembers,
// asks SQLite whether it is sound and compares what it counts with what was
// counted while freezing. Only then is the manifest signed, and a point without
// a signed manifest does not exist. The PC keeps no key that opens a point: the
// owner's kit does, on paper. Nothing on a target is ever rewritten.
//
// Requests for a backup are rows, so that they survive a power cut, and a lock
// in the folder lets one process at a time work on them, be it the appliance or
// a command. The schedule looks back instead of waiting (schedule.go): a PC that
// was off at night makes up for it in the morning. That is why there is no cron
// library here: it would catch nothing up.
//
// # The first run
//
// A new folder is guarded by a code that is shown on this PC alone and works
// once (claim.go). The same gate stands before bringing a salon back. Founding
// and restoring both make a whole database beside its place and give it its
// name as the last step, so that a power cut leaves no salon or a whole one.
//
// # How it is kept true
//
// Tests use real files, real SQLite, a real browser and a real S3 server. The
// crash tests run this program, kill it at every moment that calls At, and
// demand the old state or the new one. The scripts in testdata/script tell
// every command and every recovery story. What would be a rule that somebody
// has to remember is a test instead: arch_test.go.
package appliance
