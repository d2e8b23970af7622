package backup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"salonkeep/backup/point"
	"salonkeep/backup/shelf"
	"salonkeep/store/salon"
)

// State is what a listing can tell of a point without opening it.
type State string

// The states there are.
const (
	Good       State = "good"       // signed by the expected key, so proved once, and all files are there in full length
	Unchecked  State = "unchecked"  // nobody can say whose signature to expect until the kit is given
	Unfinished State = "unfinished" // interrupted before it was proved
	Damaged    State = "damaged"    // altered, incomplete, or another salon's
	Newer      State = "newer"      // sound, but of a later format than this program reads
)

// Listed is one restore point of a target.
type Listed struct {
	ID    string
	State State
	Point point.Manifest // zero unless Good or Unchecked
	Why   error          // a *salon.Error with a sentence, nil if Good or Unchecked
}

// List looks at the points of a target, newest first. It reads the manifests
// only. A signature must be by one of the given keys or by the key that the
// target's own marker names; the kit's key is the one to trust. An error means
// that the target as a whole could not be read.
func List(ctx context.Context, s shelf.Shelf, keys ...point.PublicKey) ([]Listed, error) {
	keys, err := withMarker(ctx, s, keys)
	if err != nil {
		return nil, err
	}
	all, err := folders(ctx, s)
	if err != nil {
		return nil, err
	}
	var list []Listed
	for id, files := range all {
		l, err := look(ctx, s, id, files, keys)
		if err != nil {
			return nil, err
		}
		list = append(list, l)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].ID > list[j].ID })
	return list, nil
}

// withMarker adds the key that the target's marker names. A marker that is lost
// or altered is no reason not to bring a salon back.
func withMarker(ctx context.Context, s shelf.Shelf, keys []point.PublicKey) ([]point.PublicKey, error) {
	keys = slices.DeleteFunc(slices.Clone(keys), point.PublicKey.IsZero)
	m, err := ReadMarker(ctx, s)
	switch kind := salon.KindOf(err); {
	case err == nil:
		keys = append(keys, m.Key())
	case kind == salon.Unreachable || ctx.Err() != nil:
		return nil, err
	}
	return keys, nil
}

// folders groups the files of a target by point.
func folders(ctx context.Context, s shelf.Shelf) (map[string][]shelf.Entry, error) {
	entries, err := s.List(ctx, point.Folder+"/")
	if err != nil {
		return nil, err
	}
	all := map[string][]shelf.Entry{}
	for _, e := range entries {
		if id, _, ok := point.SplitPath(e.Name); ok {
			all[id] = append(all[id], e)
		}
	}
	return all, nil
}

func has(files []shelf.Entry, id, file string) bool {
	return slices.ContainsFunc(files, func(e shelf.Entry) bool { return e.Name == point.Path(id, file) })
}

// newestSigned is the id of the newest point that was finished, judged by its
// files' names alone.
func newestSigned(all map[string][]shelf.Entry) string {
	newest := ""
	for id, files := range all {
		if id > newest && has(files, id, point.SignatureFile) {
			newest = id
		}
	}
	return newest
}

// look judges one point. Only an unreachable target is an error.
func look(ctx context.Context, s shelf.Shelf, id string, files []shelf.Entry, keys []point.PublicKey) (Listed, error) {
	if !has(files, id, point.SignatureFile) {
		why := salon.E(salon.Damaged, "Restore point %s on %s was interrupted before it was finished. Choose another restore point.", id, s.String())
		return Listed{ID: id, State: Unfinished, Why: why}, nil
	}
	m, _, err := load(ctx, s, id, keys)
	if err == nil {
		err = complete(s, m, files)
	}
	switch kind := salon.KindOf(err); {
	case err == nil && len(keys) == 0:
		return Listed{ID: id, State: Unchecked, Point: m}, nil
	case err == nil:
		return Listed{ID: id, State: Good, Point: m}, nil
	case kind == salon.Newer:
		return Listed{ID: id, State: Newer, Why: err}, nil
	case kind == salon.Damaged:
		return Listed{ID: id, State: Damaged, Why: err}, nil
	}
	return Listed{}, err
}

// complete compares a manifest with the listing.
func complete(s shelf.Shelf, m point.Manifest, files []shelf.Entry) error {
	for _, f := range m.Files {
		i := slices.IndexFunc(files, func(e shelf.Entry) bool { return e.Name == point.Path(m.ID, f.Name) })
		if i < 0 {
			return salon.E(salon.Damaged, "The file %s of restore point %s on %s is missing. Choose another restore point.", f.Name, m.ID, s.String())
		}
		if files[i].Bytes != f.Bytes {
			return damaged(s, m.ID, f.Name, fmt.Errorf("%d bytes instead of %d", files[i].Bytes, f.Bytes))
		}
	}
	return nil
}

// load reads a point's manifest and verifies its signature by one of the keys,
// which it returns. Without any key the manifest is read unverified.
func load(ctx context.Context, s shelf.Shelf, id string, keys []point.PublicKey) (point.Manifest, point.PublicKey, error) {
	none := point.PublicKey{}
	manifest, err := readPart(ctx, s, id, point.ManifestFile)
	if err != nil {
		return point.Manifest{}, none, err
	}
	signature, err := readPart(ctx, s, id, point.SignatureFile)
	if err != nil {
		return point.Manifest{}, none, err
	}
	signer := none
	for _, k := range keys {
		if k.Verify(id, manifest, signature) {
			signer = k
			break
		}
	}
	if signer.IsZero() && len(keys) > 0 {
		return point.Manifest{}, none, unsigned(s, id, signature, keys)
	}
	m, err := point.ParseManifest(manifest)
	if newer := (*point.NewerError)(nil); errors.As(err, &newer) {
		return point.Manifest{}, none, tooNew(s, id, newer.Program, err)
	}
	if err != nil {
		return point.Manifest{}, none, damaged(s, id, point.ManifestFile, err)
	}
	if m.ID != id {
		return point.Manifest{}, none, salon.E(salon.Damaged, "The folder %s on %s holds another restore point, %s. Give it its old name back, or choose another restore point.", id, s.String(), m.ID)
	}
	return m, signer, nil
}

// errForeign is the cause when a signature does not even claim to be by an
// expected key.
var errForeign = errors.New("signed by another key")

// unsigned tells an altered manifest from another salon's.
func unsigned(s shelf.Shelf, id string, signature []byte, keys []point.PublicKey) error {
	for _, k := range keys {
		if k.Claims(signature) {
			return salon.E(salon.Damaged, "The files %s and %s of restore point %s on %s do not belong together: one of them was altered. Choose another restore point.",
				point.ManifestFile, point.SignatureFile, id, s.String())
		}
	}
	return salon.E(salon.Damaged, "Restore point %s on %s was not signed by this salon, or its file %s was altered. Choose another restore point.", id, s.String(), point.SignatureFile).Because(errForeign)
}

func tooNew(s shelf.Shelf, id, program string, cause error) error {
	return salon.E(salon.Newer, "Restore point %s on %s was made by Salonkeep %s, which is newer than this one. Install version %s or a later one, then try again.", id, s.String(), oneLine(program), oneLine(program)).Because(cause)
}

// readPart reads a small file of a point that must be there.
func readPart(ctx context.Context, s shelf.Shelf, id, file string) ([]byte, error) {
	b, err := read(ctx, s, point.Path(id, file), point.MaxManifestBytes)
	switch kind := salon.KindOf(err); {
	case err == nil:
		return b, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case kind == salon.Missing:
		return nil, salon.E(salon.Damaged, "The file %s of restore point %s on %s is missing. Choose another restore point.", file, id, s.String()).Because(err)
	case kind == salon.Unreachable:
		return nil, err
	}
	return nil, damaged(s, id, file, err)
}

// damaged puts the cause of damage into a sentence that names point and file,
// and the place in the file if it is known.
func damaged(s shelf.Shelf, id, file string, cause error) *salon.Error {
	if d := (*point.DamageError)(nil); errors.As(cause, &d) && d.Piece > 0 {
		return salon.E(salon.Damaged, "The file %s of restore point %s on %s is damaged, in MiB %d of %d. Choose another restore point.", file, id, s.String(), d.Piece, d.Of).Because(cause)
	}
	return salon.E(salon.Damaged, "The file %s of restore point %s on %s is damaged. Choose another restore point.", file, id, s.String()).Because(cause)
}

// kitNames joins the ids of kits for a sentence.
func kitNames(kits []string) string {
	names := make([]string, len(kits))
	for i, k := range kits {
		names[i] = oneLine(k)
	}
	return strings.Join(names, ", ")
}
