// Package point knows the format of a restore point: one consistent database
// image, compressed, sealed to the owner, described by a signed manifest. It
// knows neither where points lie (package shelf) nor when they are taken
// (package backup).
//
// This text is the specification. Format number 1.
//
// # A target
//
// A target is a folder or the prefix of a bucket. It holds the points of one
// salon:
//
//	salonkeep.json                        marker: whose target this is
//	HOW-TO-RESTORE.txt                    how to open a point without Salonkeep
//	points/<id>/salon.db.zst.age          the database
//	points/<id>/facts.age                 what the database must agree with
//	points/<id>/recovery.age              the owner's identity, sealed with the kit's groups
//	points/<id>/manifest.json             public description of the point
//	points/<id>/manifest.json.minisig     signature of the manifest, written last
//
// The listing is the index: nothing else has to be read to know which points
// there are. Points share nothing with each other, and nothing that belongs to
// a finished point is ever written again.
//
// The id is the instant in UTC and four random bytes in hex, for example
// 20261124T024500Z-5f0c19ae. Ids sort by time.
//
// # The database
//
// salon.db.zst.age is the SQLite file, cut into frames of 1 MiB that zstd
// compresses one by one (so they can be worked on in parallel), the frames
// concatenated as the zstd format allows, and the whole encrypted by age to
// the owner's recipients. The recipients are hybrid (ML-KEM-768 with X25519).
// The stock tools open it:
//
//	age -d -i KIT.txt salon.db.zst.age | zstd -d > salon.db
//
// facts.age is salon.Facts as JSON, encrypted to the same recipients.
//
// recovery.age is a kit file without its groups, encrypted by age with the
// kit's groups as the passphrase, upper case and joined by dashes. The same
// bytes lie beside every point.
//
// # The manifest
//
// manifest.json is JSON as Manifest.Encode writes it and says nothing about
// the business: format, program and schema version, time, reason, the label
// somebody typed, ids, sizes and hashes. The database file also has a SHA-256
// for each piece of 1 MiB, so that damage can be located. A reader ignores
// fields it does not know.
//
// manifest.json.minisig is a minisign signature (pre-hashed, as "minisign -V"
// accepts) of the bytes of manifest.json. Its comments are fixed by the id, so
// that not one byte of the file can change unnoticed:
//
//	untrusted comment: Salonkeep restore point <id>
//	trusted comment: point <id>
//
// The signature is written only after the point was read back from the target,
// opened, and the database found sound and equal to its facts. So a point with
// a valid signature was proved once; a point without one was interrupted and
// counts for nothing. The way a manifest is signed does not change in later
// formats: an older program can tell a newer point from a damaged one.
//
// # The marker
//
// salonkeep.json names the format, the salon's id, the key that signs its
// points and the SHA-256 of HOW-TO-RESTORE.txt, and carries a signature by that
// same key. It keeps a program from writing into an unmounted folder or into
// another salon's target. A restore does not need it.
//
// # Order of writing
//
// Database, facts, recovery; proof; manifest; signature. Each file is written
// under a temporary name ending in ".part" (in a bucket: as one upload),
// flushed, and only then given its name.
//
// # What is trusted
//
// Encryption by age tells nobody who wrote a file: whoever knows a recipient
// can make one. Authenticity therefore rests on the signature, and the key that
// verifies it is printed on the owner's kit.
package point
