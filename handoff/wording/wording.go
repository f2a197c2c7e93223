// Package wording lets staff see and put right, in the console, what the house says and
// whom it names: contacts verified, hours changed, drafts confirmed, releases published
// and taken back. What it changes lies over the release in force until a release says it.
package wording

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"engawa/flows"
	"engawa/flows/catalogue"
	"engawa/flows/release"
	"engawa/flows/script"
	"engawa/handoff/console"
)

// Words is what the house says, in the hands of the console.
type Words struct {
	Said   *release.Store
	Talks  *release.Follower // what this process speaks from
	Folder fs.FS             // of this machine: it could be the next release
	// Read reads a folder as serve would, without what a demo adds to it.
	Read   func(fs.FS) (*flows.Bundle, script.Faults)
	Proven func(context.Context, fs.FS) (why []string) // plays and proves a folder
	Now    func() time.Time
	Log    *slog.Logger
}

// ground is what changes are made on: the release in force and what lies over it.
type ground struct {
	seen   string // hash of the release; "" = nothing has been published
	folder fs.FS
	laid   release.Laid
	over   fs.FS // the folder with what lies over it
}

func (w *Words) ground(ctx context.Context) (g ground, err error) {
	if g.seen, err = w.Said.Now(ctx); err != nil {
		return g, err
	}
	g.folder = w.Folder
	if g.seen != "" {
		if g.folder, err = w.Said.Folder(ctx, g.seen); err != nil {
			return g, err
		}
	}
	g.laid, err = w.Said.Laid(ctx)
	g.over, _ = g.laid.Over(g.folder)
	return g, err
}

// bundle is what the ground says, without what the demo adds to it.
func (w *Words) bundle(g ground) (*flows.Bundle, error) { return w.plain(g.over) }

// plain reads a folder as serve would, without what the demo adds.
func (w *Words) plain(folder fs.FS) (*flows.Bundle, error) {
	return script.Sound(w.Read(folder))
}

// InForce is what the house says now, what the console has put right laid over it; the
// name is another one as soon as anything has changed.
func (w *Words) InForce(ctx context.Context) (name string, folder fs.FS, err error) {
	g, err := w.ground(ctx)
	return "release " + g.seen + " " + g.laid.Mark(), g.over, err
}

func cardFile(id string) string { return "cards/" + id + ".yaml" }

// offerKeys say where in a card's file each field of the console stands.
var offerKeys = map[string][]string{
	"phone": {"行き先", "電話"}, "hours": {"行き先", "時間"}, "week": {"行き先", "開いている時間"},
	"place": {"行き先", "場所"}, "arrive": {"行ったら"}, "lead": {"ひとこと"},
}

// Cards lists whom the house names: what has to be verified first.
func (w *Words) Cards(ctx context.Context) ([]console.Offer, error) {
	g, err := w.ground(ctx)
	if err != nil {
		return nil, err
	}
	b, err := w.bundle(g)
	if err != nil {
		return nil, err
	}
	var out []console.Offer
	done := map[flows.CardID]bool{}
	for _, r := range catalogue.Unready(b, w.Now()) {
		out = append(out, offerOf(b, b.Cards[r.ID], r))
		done[r.ID] = true
	}
	rest := len(out)
	for id, c := range b.Cards {
		if !done[id] && c.Kind != "memo" {
			out = append(out, offerOf(b, c, catalogue.Row{}))
		}
	}
	for i := range out {
		for _, e := range g.laid.Of(cardFile(out[i].ID)).Edits {
			out[i].History = append(out[i].History, console.Done{At: e.At, By: e.By, Do: "edit", What: strings.Join(e.Key, " ") + ": " + e.Value})
		}
	}
	slices.SortFunc(out[rest:], func(a, b console.Offer) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

func offerOf(b *flows.Bundle, c *flows.Card, r catalogue.Row) console.Offer {
	o := console.Offer{ID: string(c.ID), Kind: c.Kind, Title: c.Title[flows.Ja], Why: string(r.Why), Always: c.Always,
		Until: r.Until, Shown: c.FreshUntil(), Day: c.Verified, By: c.By, Source: c.Source, Fields: map[string]string{"phone": c.Phone}}
	if s := b.Cards[r.Shown]; s != nil && r.Shown != c.ID {
		o.Instead = s.Title[flows.Ja]
	}
	return o
}

// Card is one of them, with its fields as they are written.
func (w *Words) Card(ctx context.Context, id string) (console.Offer, error) {
	g, err := w.ground(ctx)
	if err != nil {
		return console.Offer{}, err
	}
	b, err := w.bundle(g)
	if err != nil {
		return console.Offer{}, err
	}
	c := b.Cards[flows.CardID(id)]
	if c == nil || c.Kind == "memo" {
		return console.Offer{}, console.ErrNoContent
	}
	var row catalogue.Row
	for _, r := range catalogue.Unready(b, w.Now()) {
		if r.ID == c.ID {
			row = r
		}
	}
	o := offerOf(b, c, row)
	file := cardFile(id)
	data, err := fs.ReadFile(g.over, file)
	if err != nil {
		return console.Offer{}, err
	}
	for name, key := range offerKeys {
		o.Fields[name] = script.Written(file, data, key...)
	}
	o.Seen = g.laid.Of(file).Seen
	return o, nil
}

// Verify notes who has verified cards, and when.
func (w *Words) Verify(ctx context.Context, ids []string, name string, day time.Time, by string) error {
	var edits []script.Edit
	for _, id := range ids {
		edits = append(edits,
			script.Edit{File: cardFile(id), Key: []string{"出典", "確かめた日"}, Value: day.Format(time.DateOnly)},
			script.Edit{File: cardFile(id), Key: []string{"出典", "確かめた人"}, Value: script.Quote(name)})
	}
	return w.lay(ctx, by, anySeen, edits...)
}

// Change changes fields of a card within the form that its file has.
func (w *Words) Change(ctx context.Context, id string, seen int64, fields map[string]string, by string) error {
	var edits []script.Edit
	for name, value := range fields {
		key, ok := offerKeys[name]
		if !ok {
			return console.ErrNoContent
		}
		e := script.Edit{File: cardFile(id), Key: key}
		switch {
		case value == "":
		case name == "week":
			e.Value = spread(value)
		case name == "phone":
			e.Value = script.Quote(norm.NFKC.String(value))
		default:
			e.Value = script.Quote(value)
		}
		edits = append(edits, e)
	}
	slices.SortFunc(edits, func(a, b script.Edit) int { return slices.Compare(a.Key, b.Key) })
	return w.lay(ctx, by, seen, edits...)
}

// spread writes hours that somebody has typed as a mapping; what an input method
// does to colons, commas and blanks is put right.
func spread(week string) string {
	week = strings.NewReplacer("、", ",", "，", ",").Replace(norm.NFKC.String(week))
	var parts []string
	for _, p := range strings.Split(strings.Trim(week, "{} "), ",") {
		day, hours, _ := strings.Cut(strings.TrimSpace(p), ":")
		parts = append(parts, strings.TrimSpace(day)+": "+strings.TrimSpace(hours))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// Hours is when somebody reads.
func (w *Words) Hours(ctx context.Context) (console.HouseHours, error) {
	g, err := w.ground(ctx)
	if err != nil {
		return console.HouseHours{}, err
	}
	data, err := fs.ReadFile(g.over, "house.yaml")
	if err != nil {
		return console.HouseHours{}, err
	}
	out := console.HouseHours{Week: script.Written("house.yaml", data, "開いている時間"), Seen: g.laid.Of("house.yaml").Seen}
	for _, day := range script.Keys("house.yaml", data, "休み") {
		if at, err := time.ParseInLocation(time.DateOnly, day, w.Talks.Rack().Now().House.Zone); err == nil {
			out.Closed = append(out.Closed, console.ClosedDay{Day: at, Why: script.Written("house.yaml", data, "休み", day)})
		}
	}
	slices.SortFunc(out.Closed, func(a, b console.ClosedDay) int { return a.Day.Compare(b.Day) })
	return out, nil
}

// SetHours changes when somebody reads.
func (w *Words) SetHours(ctx context.Context, seen int64, hours, by string) error {
	return w.lay(ctx, by, seen, script.Edit{File: "house.yaml", Key: []string{"開いている時間"}, Value: spread(hours)})
}

// Close makes a day one on which nobody reads.
func (w *Words) Close(ctx context.Context, day time.Time, why, by string) error {
	return w.lay(ctx, by, anySeen, script.Edit{File: "house.yaml", Key: []string{"休み", day.Format(time.DateOnly)}, Value: script.Quote(why)})
}

// Reopen takes that back.
func (w *Words) Reopen(ctx context.Context, day time.Time, by string) error {
	return w.lay(ctx, by, anySeen, script.Edit{File: "house.yaml", Key: []string{"休み", day.Format(time.DateOnly)}})
}

// Drafts lists the files whose sentences nobody has confirmed.
func (w *Words) Drafts(ctx context.Context) ([]console.Draft, error) {
	g, err := w.ground(ctx)
	if err != nil {
		return nil, err
	}
	var out []console.Draft
	for _, m := range script.Marks(g.over) {
		if !m.Confirmed {
			out = append(out, draftOf(m))
		}
	}
	return out, nil
}

func draftOf(m script.Mark) console.Draft {
	d := console.Draft{File: m.File, Lang: string(m.Lang), Hash: m.Hash, By: m.By}
	for _, s := range m.Says {
		d.Sentences = append(d.Sentences, console.Rendered{Ja: s.Ja, Text: s.Text})
	}
	return d
}

// Draft is one of them.
func (w *Words) Draft(ctx context.Context, file string) (console.Draft, error) {
	all, err := w.Drafts(ctx)
	for _, d := range all {
		if d.File == file {
			return d, nil
		}
	}
	return console.Draft{}, errors.Join(err, console.ErrNoContent)
}

// Confirm notes that a named person has read these very sentences.
func (w *Words) Confirm(ctx context.Context, file, hash, name, by string) error {
	d, err := w.Draft(ctx, file)
	if errors.Is(err, console.ErrNoContent) || err == nil && d.Hash != hash {
		return console.ErrTaken // read or changed by somebody else since
	}
	if err != nil {
		return err
	}
	m := script.Mark{File: file, Hash: hash}
	return w.lay(ctx, by, anySeen, m.Confirmation(name, w.Now().In(w.Talks.Rack().Now().House.Zone).Format(time.DateOnly)))
}
