package script

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path"
	"sort"
	"strings"
	"time"

	yaml "go.yaml.in/yaml/v4"

	"engawa/flows"
)

// Options say how a folder is read.
type Options struct {
	AcceptDrafts bool         // ENGAWA_ACCEPT_DRAFTS=yes: sentences that nobody confirmed yet are served
	AcceptLangs  []flows.Lang // ENGAWA_ACCEPT_DRAFTS=ne,tl: only in these languages
	Now          time.Time    // for review dates and shelf lives; zero = not checked
}

func (o Options) accepts(l flows.Lang) bool {
	if o.AcceptDrafts {
		return true
	}
	for _, a := range o.AcceptLangs {
		if a == l {
			return true
		}
	}
	return false
}

// source is one Japanese sentence that a resident may see: what the other
// languages translate, and what a person confirms.
type source struct {
	key    string // stable: okane/家賃/ことば/1
	text   string
	phrase flows.Phrase // shared with the bundle: translations are put into it
	file   *file
	line   int
	label  bool // stands on a button
}

// loader holds what is known while the files of one folder are read.
type loader struct {
	opt        Options
	fsys       fs.FS
	shelf      *Shelf // nil = everything is read
	b          *flows.Bundle
	files      []*file
	faults     Faults
	sources    map[string]*source
	keys       []string // of sources, in order of reading
	menu       []item   // house.yaml: メニュー
	house      *file
	keeps      map[string]int // days a card stays fresh, by kind
	refs       []reference
	cellRefs   []reference                // menu.yaml: entrances that it leads to
	sets       map[string]map[string]bool // memory: key → values that some choice sets
	says       map[flows.FlowID][]string  // words/sayings.*
	labels     map[flows.FlowID]flows.Phrase
	unread     bool               // some file could not be read at all
	marks      []Mark             // how far each file's sentences are confirmed
	pages      map[string][]ready // translations of a file that fit
	sceneOrder []flows.SceneKey
	moves      []move
	sceneAt    map[flows.SceneKey]reference // where each scene stands in its file
}

// Load reads the folder of one release. The bundle is nil if any fault (not a
// warning) was found; the faults are complete either way.
func Load(fsys fs.FS, opt Options) (*flows.Bundle, Faults) {
	return newLoader(fsys, opt).load()
}

func newLoader(fsys fs.FS, opt Options) *loader {
	return &loader{
		opt: opt, fsys: fsys,
		sources: map[string]*source{},
		sets:    map[string]map[string]bool{},
		says:    map[flows.FlowID][]string{},
		labels:  map[flows.FlowID]flows.Phrase{},
		sceneAt: map[flows.SceneKey]reference{},
		pages:   map[string][]ready{},
		keeps:   map[string]int{"contact": 90, "": 180},
		b: &flows.Bundle{
			Flows:  map[flows.FlowID]*flows.Flow{},
			Scenes: map[flows.SceneKey]*flows.Scene{},
			Cards:  map[flows.CardID]*flows.Card{},
			Lines:  map[string][]flows.Phrase{},
			Words: flows.Words{
				Exits: map[flows.Exit][]string{},
				Langs: map[flows.Lang][]string{},
			},
		},
	}
}

func (l *loader) load() (*flows.Bundle, Faults) {
	sum := sha256.New()
	for _, name := range l.names() {
		data, err := fs.ReadFile(l.fsys, name)
		if err != nil {
			l.faults = append(l.faults, Fault{File: name, Code: "read", Text: "このファイルを開けませんでした。"})
			continue
		}
		f, root := l.shelf.open(name, data)
		l.files = append(l.files, f)
		sum.Write([]byte(name + "\x00" + strings.Join(f.lines, "\n") + "\x00"))
		l.read(f, root)
	}
	if l.house == nil {
		l.faults = append(l.faults, Fault{File: "house.yaml", Code: "house", Text: "house.yaml がありません。名前・時間・休みを書くファイルです。"})
	}
	l.finish()
	for _, f := range l.files {
		l.faults = append(l.faults, f.faults...)
	}
	l.faults.sort()
	if l.faults.Err() != nil {
		return nil, l.faults
	}
	if l.b.Drafts { // the same folder speaks differently when drafts are let through
		sum.Write([]byte("drafts"))
	}
	l.b.Hash = hex.EncodeToString(sum.Sum(nil))[:12]
	return l.b, l.faults
}

// names lists the files of a release in an order of its own, so that neither the
// file system nor the machine has a say in the hash. Tests and read-me files say
// nothing to residents and are no part of it.
func (l *loader) names() []string {
	var out []string
	err := fs.WalkDir(l.fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		switch {
		case name == ".":
			return nil
		case strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~") || strings.HasPrefix(base, "#"):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			if name == "tests" {
				return fs.SkipDir
			}
			return nil
		case strings.HasSuffix(base, ".yaml"):
			out = append(out, name)
		case strings.HasSuffix(base, ".yml"), strings.HasSuffix(base, ".yaml.txt"):
			l.faults = append(l.faults, Fault{File: name, Code: "name", Text: "ファイルの名前は .yaml で終わります。"})
		}
		return nil
	})
	if err != nil {
		l.faults = append(l.faults, Fault{File: ".", Code: "read", Text: "フォルダーを開けませんでした。"})
	}
	sort.Slice(out, func(i, j int) bool { return rank(out[i]) < rank(out[j]) })
	return out
}

// rank puts the house first (its words are needed by all), translations last.
func rank(name string) string {
	switch {
	case name == "house.yaml":
		return "0"
	case strings.HasPrefix(name, "i18n/"):
		return "2" + name
	}
	return "1" + name
}

// read gives each file to the reader of its kind: the folder says which.
func (l *loader) read(f *file, root *yaml.Node) {
	if root == nil {
		l.unread = true
		if f.name == "house.yaml" {
			l.house = f
		}
		return
	}
	dir, base := path.Split(f.name)
	base = strings.TrimSuffix(base, ".yaml")
	switch {
	case f.name == "house.yaml":
		l.readHouse(f, root)
	case f.name == "menu.yaml":
		l.readMenu(f, root)
	case dir == "flows/":
		l.readFlow(f, root, base)
	case dir == "cards/":
		l.readCard(f, root, base)
	case dir == "lines/":
		l.readLines(f, root)
	case dir == "words/":
		l.readWords(f, root, base)
	case dir == "words/sayings/":
		if _, _, good := f.tagged(base); good {
			l.readSayings(f, root)
		}
	case dir == "moves/":
		l.readMoves(f, root)
	case strings.HasPrefix(dir, "i18n/") && strings.Count(dir, "/") == 2:
		l.readSheet(f, root, flows.Lang(strings.Trim(strings.TrimPrefix(dir, "i18n/"), "/")), base)
	default:
		f.at(1, 1, "place", "この場所のファイルは読まれません。置けるのは house.yaml・menu.yaml と flows・cards・lines・words・i18n・moves・tests の中です。", "")
	}
}

// finish does what needs all files: the marks of confirmation, the menu, the checks.
func (l *loader) finish() {
	for id, says := range l.says {
		if fl := l.b.Flows[id]; fl != nil {
			fl.Sayings = append(fl.Sayings, says...)
		}
	}
	sort.Slice(l.b.Order, func(i, j int) bool { return l.b.Order[i] < l.b.Order[j] })
	if l.unread { // what a file that cannot be read would have said is missing everywhere: no use telling
		return
	}
	l.buildMenu()
	l.joinMenu()
	l.check()
	l.checkMoves()
}
