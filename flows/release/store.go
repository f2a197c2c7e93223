package release

import (
	"archive/zip"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/flows/script"
)

const (
	nowKey      = "{release}:now"
	bundlesKey  = "{release}:bundles"
	orderKey    = "{release}:order"
	recalledKey = "{release}:recalled"
	logKey      = "{release}:log"
	overlayKey  = "{release}:overlay"
	overlaidKey = "{release}:overlaid"
	underKey    = "{release}:under"
)

//go:embed lua/publish.lua
var publishLua string

//go:embed lua/recall.lua
var recallLua string

//go:embed lua/lay.lua
var layLua string

var (
	publishMove = redis.NewScript(publishLua)
	recallMove  = redis.NewScript(recallLua)
	layMove     = redis.NewScript(layLua)
)

// What a caller decides on.
var (
	ErrMoved    = errors.New("release: somebody else has published meanwhile")
	ErrRecalled = errors.New("release: this release was recalled and is not put in force again")
	ErrNone     = errors.New("release: nothing has been published")
	ErrTooBig   = errors.New("release: the folder is too big for a release")
	ErrOnly     = errors.New("release: there is no earlier release to go back to")
)

// Deed is a line of the log: who did what to which release.
type Deed struct {
	Do     string    `json:"do"` // publish, recall, edit
	Hash   string    `json:"hash"`
	By     string    `json:"by"`
	Second string    `json:"second,omitempty"` // who looked at it too
	At     time.Time `json:"at"`

	Edit *script.Edit `json:"edit,omitempty"` // what was put right in the console
}

// Store keeps releases.
type Store struct{ rdb redis.UniversalClient }

// NewStore keeps them in a store.
func NewStore(rdb redis.UniversalClient) *Store { return &Store{rdb} }

// Now is the hash of the release in force, "" before anything was published.
func (s *Store) Now(ctx context.Context) (string, error) {
	hash, err := s.rdb.Get(ctx, nowKey).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return hash, wrap("now", err)
}

// Folder gives the files of a release.
func (s *Store) Folder(ctx context.Context, hash string) (fs.FS, error) {
	data, err := s.rdb.HGet(ctx, bundlesKey, hash).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, wrap("folder", err)
	}
	return unpack(data)
}

// left is what the store knows of a release that is not in force.
type left struct {
	hash string
	at   time.Time // when it was put in force
}

// standing lists the releases newest first, without those that were recalled.
func (s *Store) standing(ctx context.Context) ([]left, error) {
	all, err := s.rdb.ZRevRangeWithScores(ctx, orderKey, 0, -1).Result()
	if err != nil {
		return nil, wrap("standing", err)
	}
	gone, err := s.rdb.HKeys(ctx, recalledKey).Result()
	if err != nil {
		return nil, wrap("standing", err)
	}
	recalled := map[string]bool{}
	for _, hash := range gone {
		recalled[hash] = true
	}
	var out []left
	for _, z := range all {
		if hash, ok := z.Member.(string); ok && !recalled[hash] {
			out = append(out, left{hash, time.UnixMilli(int64(z.Score))})
		}
	}
	return out, nil
}

// Log gives what was done, oldest first.
func (s *Store) Log(ctx context.Context) ([]Deed, error) {
	lines, err := s.rdb.XRange(ctx, logKey, "-", "+").Result()
	if err != nil {
		return nil, wrap("log", err)
	}
	var out []Deed
	for _, l := range lines {
		var d Deed
		if text, ok := l.Values["e"].(string); ok && json.Unmarshal([]byte(text), &d) == nil {
			out = append(out, d)
		}
	}
	return out, nil
}

// maxFolder bounds what the store is asked to hold of one release.
const maxFolder = 8 << 20

// pack writes the .yaml files of a folder as a zip: without dates or owners, so that
// the same folder is the same bytes.
func pack(folder fs.FS) ([]byte, error) {
	var out bytes.Buffer
	all := zip.NewWriter(&out)
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") {
			return err
		}
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		w, err := all.Create(name)
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	})
	if err = errors.Join(err, all.Close()); err != nil {
		return nil, wrap("pack", err)
	}
	if out.Len() > maxFolder {
		return nil, ErrTooBig
	}
	return out.Bytes(), nil
}

// Snapshot is a folder as it is at this moment: what was checked is what is published,
// though somebody is saving a file meanwhile.
func Snapshot(folder fs.FS) (fs.FS, error) {
	data, err := pack(folder)
	if err != nil {
		return nil, err
	}
	return unpack(data)
}

func unpack(data []byte) (fs.FS, error) {
	all, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	return all, wrap("unpack", err)
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("release: %s: %w", what, err)
}
