package privacy

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// listFile keeps the list of shreds outside of both stores, so that a backup of
// both, older than a shred, brings nothing back either. One file a month; processes
// of one machine share it, others have one of their own. Ids only, no words.
type listFile struct {
	dir string
	mu  sync.Mutex
}

// ListShredsIn makes the vault write every shred to a file in dir as well, before the
// key is destroyed, and re-apply the files of dir now. An unwritable dir is refused.
// It belongs to the start, before the vault is shared.
func (v *Vault) ListShredsIn(ctx context.Context, dir string) error {
	f := &listFile{dir: dir}
	if err := f.append(nil, v.now()); err != nil {
		return err
	}
	all, err := f.read(v.now())
	if err != nil {
		return err
	}
	if err := inBatches(ctx, all, v.shredInStores); err != nil {
		return err
	}
	v.file = f
	return nil
}

const (
	listPrefix = "shreds-"
	listMonth  = "2006-01"
)

// append writes whole lines in one write and waits for the disk. It begins with a
// line end: a line that a power cut left half-written must not swallow the next.
func (f *listFile) append(all []shredding, now time.Time) (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var text strings.Builder
	text.WriteByte('\n')
	for _, s := range all {
		fmt.Fprintf(&text, "%d\t%s\t%s\n", s.at.UnixMilli(), s.owner, s.text)
	}
	path := filepath.Join(f.dir, listPrefix+now.UTC().Format(listMonth))
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600) //#nosec G304 -- a file of our own in the operator's folder
	if err != nil {
		return fmt.Errorf("privacy: list of shreds: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := file.WriteString(text.String()); err != nil {
		return fmt.Errorf("privacy: list of shreds: %w", err)
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("privacy: list of shreds: %w", err)
	}
	return nil
}

// read takes all files and removes those that no backup can be older than.
func (f *listFile) read(now time.Time) ([]shredding, error) {
	paths, err := filepath.Glob(filepath.Join(f.dir, listPrefix+"*"))
	if err != nil {
		return nil, fmt.Errorf("privacy: list of shreds: %w", err)
	}
	var all []shredding
	for _, path := range paths {
		month, err := time.Parse(listMonth, strings.TrimPrefix(filepath.Base(path), listPrefix))
		if err != nil {
			continue // not ours
		}
		if month.AddDate(0, 1, 0).Add(Keep[Shreds]).Before(now) {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("privacy: list of shreds: %w", err)
			}
			continue
		}
		lines, err := readList(path)
		if err != nil {
			return nil, err
		}
		all = append(all, lines...)
	}
	return all, nil
}

// readList skips a line that a power cut left half-written: its shred was not
// answered yet and is done again by whoever asked for it.
func readList(path string) (all []shredding, err error) {
	file, err := os.Open(path) //#nosec G304 -- a file of our own in the operator's folder
	if err != nil {
		return nil, fmt.Errorf("privacy: list of shreds: %w", err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		part := strings.Split(lines.Text(), "\t")
		if len(part) != 3 {
			continue
		}
		ms, err := strconv.ParseInt(part[0], 10, 64)
		s := shredding{owner: Owner(part[1]), text: part[2], at: time.UnixMilli(ms)}
		if err != nil || s.owner.check() != nil || s.owner == indexOwner {
			continue
		}
		all = append(all, s)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("privacy: list of shreds: %w", err)
	}
	return all, nil
}
