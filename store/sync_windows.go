package store

// syncDir does nothing: NTFS keeps a rename with its own journal, and a folder
// cannot be flushed.
func syncDir(string) error { return nil }
