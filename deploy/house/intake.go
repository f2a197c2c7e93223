package house

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"engawa/bot/board"
	"engawa/flows/catalogue"
)

// intake takes the rows of a file in as posts of one group.
type intake struct {
	store  *board.Store
	shot   *board.Snapshot
	cards  map[string]*catalogue.Entry // of the content: never touched from here
	group  *board.Group                // nil: only looked at, each row for its own group
	by     string
	member bool
}

// planned is one row that would be sent in.
type planned struct {
	line    int
	entry   *catalogue.Entry
	seen    int64 // the post as it was looked at; 0 = new
	changes []string
}

// plan is what a file would do.
type plan struct {
	send                      []planned
	same, cards, others, over int
	gone                      []string // titles of posts that the file does not hold
}

// plan compares a file with what there is. Any fault refuses the whole file.
func (in *intake) plan(records []catalogue.Record) (*plan, error) {
	p, held := &plan{}, map[string]bool{}
	groups, first := map[string]bool{}, map[string]int{}
	if in.group != nil {
		groups[in.group.ID] = true
	}
	var faults []error
	for _, r := range records {
		id, g, err := in.place(p, r)
		if err == nil && g != nil {
			groups[g.ID], held[id] = true, true
			if line, twice := first[id]; twice {
				err = &catalogue.FileFault{Line: r.Line, Column: "番号", Says: cmp.Or(r.Entry.ID, r.Entry.Name()), Want: fmt.Sprintf("%d行目と同じものです。", line)}
			}
			first[id] = r.Line
		}
		if err == nil && g != nil {
			err = in.compare(p, r, id, g)
		}
		if err != nil {
			faults = append(faults, err)
		}
	}
	for id, post := range in.shot.Posts {
		if groups[post.Group] && !held[id] && post.Live != nil && post.Live.State == catalogue.Published {
			p.gone = append(p.gone, post.Live.Name())
		}
	}
	sort.Strings(p.gone)
	return p, errors.Join(faults[:min(len(faults), 100)]...)
}

// place finds what a row is about: a card (left alone), another group's post (left
// alone too), or a post of a group under its name.
func (in *intake) place(p *plan, r catalogue.Record) (string, *board.Group, error) {
	e := r.Entry
	if card := in.cards[e.ID]; r.Card || card != nil {
		if !r.Card && !catalogue.Same(card, e) {
			return "", nil, &catalogue.FileFault{Line: r.Line, Column: "番号", Says: e.ID, Want: "これはことばのカードの番号です。カードはことばの画面で直します。会のものなら、番号を空けておきます。"}
		}
		p.cards++
		return "", nil, nil
	}
	post, g := in.shot.Posts[e.ID], in.group
	if in.group == nil {
		if g = in.shot.Groups[e.Group]; g == nil && e.Group == "" {
			g = &board.Group{}
		}
		if post != nil && e.Group == "" {
			g = in.shot.Groups[post.Group]
		}
	} else if e.Group != "" && e.Group != in.group.ID && in.shot.Groups[e.Group] != nil {
		p.others++
		return "", nil, nil
	} else if e.Group != "" && e.Group != in.group.ID {
		g = nil
	}
	switch {
	case g == nil:
		return "", nil, &catalogue.FileFault{Line: r.Line, Column: "会の番号", Says: e.Group, Want: "この番号の会はありません。空けておくと、--group の会のものになります。"}
	case post != nil && post.Group != g.ID:
		return "", nil, &catalogue.FileFault{Line: r.Line, Column: "番号", Says: e.ID, Want: "べつの会の番号です。空けておけば、こちらで付けます。"}
	case !slices.Contains(offered, e.Kind):
		return "", nil, &catalogue.FileFault{Line: r.Line, Column: "種類", Says: string(e.Kind), Want: "会が出せるのは、居場所・もよおし・やること です。"}
	case e.ID != "":
		return e.ID, g, nil
	}
	return namedPost(g.ID, e.Name()), g, nil
}

// namedPost is the id of a row that has none: the same row of the same group gets
// the same, however often its file is read.
func namedPost(group, title string) string {
	sum := sha256.Sum256([]byte(group + "\x00" + strings.TrimSpace(title)))
	return "f" + hex.EncodeToString(sum[:])[:20]
}

// compare looks whether a row says anything new. What only the house may say —
// who verified it, what always answers, a picture — is not taken from a file.
func (in *intake) compare(p *plan, r catalogue.Record, id string, g *board.Group) error {
	post := in.shot.Posts[id]
	var was *catalogue.Entry
	one := planned{line: r.Line}
	if post != nil {
		was, one.seen = post.Newest(), post.Rev()
	}
	ended := []catalogue.State{catalogue.Cancelled, catalogue.Recalled}
	if slices.Contains(ended, r.Entry.State) || post != nil && post.Live != nil && slices.Contains(ended, post.Live.State) {
		p.over++
		return nil
	}
	e := r.Over(was)
	old := was
	if old == nil {
		old = &catalogue.Entry{}
	}
	e.ID, e.Picture, e.Always, e.Verified, e.By = id, old.Picture, old.Always, old.Verified, old.By
	e.Expires, e.Source, e.Instead = old.Expires, old.Source, old.Instead
	e.Keep(was)
	g.Fill(e)
	if faults := catalogue.Faults(e.Check()); len(faults) > 0 {
		return &catalogue.FileFault{Line: r.Line, Column: faults[0].Field, Want: faults[0].Text}
	}
	if was != nil && catalogue.Same(was, e) {
		p.same++
		return nil
	}
	if was != nil {
		one.changes = catalogue.ChangedColumns(was, e)
	}
	one.entry = e
	p.send = append(p.send, one)
	return nil
}

// send sends in what is planned, one post after the other. Whatever breaks off in
// the middle goes on where it was when the same file comes again.
func (in *intake) send(ctx context.Context, p *plan) (n int, err error) {
	submit := in.store.SubmitFor
	if in.member {
		submit = in.store.Submit
	}
	for _, one := range p.send {
		body, err := json.Marshal(one.entry)
		if err != nil {
			return n, fmt.Errorf("catalogue: import: %w", err)
		}
		sum := sha256.Sum256(body)
		act := fmt.Sprintf("import:%s:%d:%x", one.entry.ID, one.seen, sum[:8])
		switch _, err := submit(ctx, act, in.group.ID, in.by, one.entry.ID, one.seen, one.entry); {
		case board.Edited(err):
			return n, fmt.Errorf("%d行目は、いまほかの人が直しました。もう一度 check から / changed meanwhile, check again", one.line)
		case err != nil:
			return n, fmt.Errorf("%d行目 / line %d: %w", one.line, one.line, err)
		}
		n++
	}
	return n, nil
}

// tell says what would change, by names of rows and columns; of places nothing.
func (p *plan) tell(w io.Writer) error {
	var out strings.Builder
	fresh := 0
	for _, s := range p.send {
		if s.seen == 0 {
			fresh++
			fmt.Fprintf(&out, "  + %d行目 新しい: %s\n", s.line, s.entry.Name())
		} else {
			fmt.Fprintf(&out, "  * %d行目 変わる: %s（%s）\n", s.line, s.entry.Name(), strings.Join(s.changes, "・"))
		}
	}
	for _, title := range p.gone {
		fmt.Fprintf(&out, "  - ファイルにない: %s（消しません。やめるときは会の画面で中止にします）\n", title)
	}
	fmt.Fprintf(&out, "新しい %d、変わる %d、ファイルにない %d、同じ %d / new, changed, gone, same\n", fresh, len(p.send)-fresh, len(p.gone), p.same)
	for _, c := range []struct {
		n    int
		says string
	}{{p.cards, "ことばのカード"}, {p.others, "ほかの会のもの"}, {p.over, "中止や取り下げになったもの"}} {
		if c.n > 0 {
			fmt.Fprintf(&out, "%s %d件は、そのままです / left as they are\n", c.says, c.n)
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}
