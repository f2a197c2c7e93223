// Package backup takes what a store holds into one file while the house goes on,
// and puts such a file into an empty store: one node, Sentinel or Cluster, also from
// one kind to another.
//
// Every master gives a snapshot of one moment, as it would to a replica; the masters
// of a cluster hold their breath for it together. A value stands in the file as Redis
// packs it. The file is sealed against changes by the master key, and checked from
// its first byte to its last before anything of it is put anywhere.
//
// What belongs in it and what a restored house must do before it opens is not known
// here: see backup.go at the top of the tree.
package backup

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"engawa/config/privacy"
)

const magic = "engawa backup 1\n"

// What callers decide on.
var (
	// ErrNoBackup: the file is not one of ours, or not all of it is there.
	ErrNoBackup = errors.New("backup: not a backup, or not a whole one")
	// ErrChanged: somebody or something has changed the file.
	ErrChanged = errors.New("backup: the file was changed after it was written")
	// ErrFull: a restore never writes over anything.
	ErrFull = errors.New("backup: the store is not empty")
)

// Head stands at the beginning of every backup.
type Head struct {
	Made    time.Time `json:"made"`
	By      string    `json:"by"`     // version of the program
	Mark    string    `json:"mark"`   // which key store it belongs to; see [privacy.Belongs]
	Keys    bool      `json:"keys"`   // the keys are in it too
	Master  string    `json:"master"` // id of the master key that sealed the file
	Masters int       `json:"masters"`
}

// writer writes a file's records.
type writer struct {
	out  *bufio.Writer
	mac  hash.Hash
	keys int64
}

func newWriter(to io.Writer, h Head, m privacy.Master) (*writer, error) {
	w := &writer{}
	h.Master, w.mac = m.Stamp()
	w.out = bufio.NewWriterSize(io.MultiWriter(to, w.mac), 1<<20)
	line, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	_, err = w.out.WriteString(magic + string(line) + "\n")
	return w, err
}

func (w *writer) add(r record) error {
	w.keys++
	b := binary.AppendUvarint(nil, uint64(len(r.key)))
	b = append(b, r.key...)
	b = binary.AppendVarint(b, r.expire)
	b = binary.AppendUvarint(b, uint64(len(r.value)))
	_, err1 := w.out.Write(b)
	_, err2 := w.out.Write(r.value)
	return errors.Join(err1, err2)
}

// end writes how many keys there are, then the seal over everything.
func (w *writer) end(to io.Writer) error {
	b := binary.AppendUvarint([]byte{0}, uint64(w.keys)) //#nosec G115 -- a count is never negative
	if _, err := w.out.Write(b); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	_, err := to.Write(w.mac.Sum(nil))
	return err
}

// File is a backup to be read.
type File struct {
	Head Head
	Keys int64 // how many there are
	r    io.ReaderAt
	size int64
	from int64 // where the records begin
}

// Open reads the whole file and checks it.
func Open(r io.ReaderAt, size int64, m privacy.Master) (*File, error) {
	f := &File{r: r, size: size}
	in := bufio.NewReader(io.NewSectionReader(r, 0, size))
	line := make([]byte, len(magic))
	if _, err := io.ReadFull(in, line); err != nil || string(line) != magic {
		return nil, ErrNoBackup
	}
	text, err := in.ReadSlice('\n')
	if err != nil || json.Unmarshal(text, &f.Head) != nil {
		return nil, ErrNoBackup
	}
	f.from = int64(len(magic) + len(text))
	mac, err := m.StampOf(f.Head.Master)
	if err != nil {
		return nil, fmt.Errorf("backup: open: %w", err)
	}
	body := size - int64(mac.Size())
	if body < f.from {
		return nil, ErrNoBackup
	}
	if _, err := io.Copy(mac, io.NewSectionReader(r, 0, body)); err != nil {
		return nil, fmt.Errorf("backup: open: %w", err)
	}
	seal := make([]byte, mac.Size())
	if _, err := r.ReadAt(seal, body); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("backup: open: %w", err)
	}
	if !hmac.Equal(seal, mac.Sum(nil)) {
		return nil, ErrChanged
	}
	f.size = body
	return f, f.each(func(record) error { f.Keys++; return nil })
}

// each visits every record in the order of the file.
func (f *File) each(visit func(record) error) error {
	in := bufio.NewReaderSize(io.NewSectionReader(f.r, f.from, f.size-f.from), 1<<20)
	for n := uint64(0); ; n++ {
		key, err := piece(in)
		if err != nil {
			return err
		}
		if len(key) == 0 {
			if all, err := binary.ReadUvarint(in); err != nil || all != n {
				return ErrNoBackup
			}
			return nil
		}
		r := record{key: string(key)}
		if r.expire, err = binary.ReadVarint(in); err != nil {
			return ErrNoBackup
		}
		if r.value, err = piece(in); err != nil {
			return err
		}
		if err := visit(r); err != nil {
			return err
		}
	}
}

func piece(in *bufio.Reader) ([]byte, error) {
	n, err := binary.ReadUvarint(in)
	if err != nil || n > longest {
		return nil, ErrNoBackup
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, in, int64(n)); err != nil {
		return nil, ErrNoBackup
	}
	return b.Bytes(), nil
}
