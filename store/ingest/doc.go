// Package ingest reads the files that other salon programs export and makes a
// salon.Batch of them, with a report of every row. It knows how those files
// are written; it knows nothing of the database a batch is stored in.
//
// # What an import owes its owner
//
//   - Every row is stored or refused with file, line, field and reason; the
//     rows read of a file are its rows stored plus its rows refused.
//   - A row that is stored otherwise than it was written is listed as changed,
//     and what looks wrong but is stored as written is listed as reported.
//   - Nothing is guessed in silence. The order of day and month, the decimal
//     sign and the encoding are proved by the files; where they prove nothing,
//     the maker's usual way is taken and the report says so.
//   - The same rows in another order, with other line ends, with their columns
//     shuffled or in another encoding give the same batch.
//   - A file that is not what it says is refused as a whole, in a sentence.
//
// # Files
//
// Files are found by their headings, because the program numbers their names
// and people rename them. Only when a file's name says that it is one of ours
// and its content is not, the import is refused: leaving out the receipts
// because somebody saved them as a workbook would look like a salon without
// sales.
package ingest
