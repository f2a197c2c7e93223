package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
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

// wording lets the console see and put right what the house says and whom it names.
type wording struct{ h *house }

// ground is what changes are made on: the release in force and what lies over it.
type ground struct {
	seen   string // hash of the release; "" = nothing has been published
	folder fs.FS
	laid   release.Laid
	over   fs.FS // the folder with what lies over it
}

func (w wording) ground(ctx context.Context) (g ground, err error) {
	if g.seen, err = w.h.said.Now(ctx); err != nil {
		return g, err
	}
	g.folder = contentOf(w.h.cfg)
	if g.seen != "" {
		if g.folder, err = w.h.said.Folder(ctx, g.seen); err != nil {
			return g, err
		}
	}
	g.laid, err = w.h.said.Laid(ctx)
	g.over, _ = g.laid.Over(g.folder)
	return g, err
}

// bundle is what the ground says, without what the demo adds to it.
func (w wording) bundle(g ground) (*flows.Bundle, error) { return w.plain(g.over) }

// plain reads a folder as serve would, without what the demo adds.
func (w wording) plain(folder fs.FS) (*flows.Bundle, error) {
	return told(w.h.shelf.Load(folder, readingOf(w.h.cfg)))
}

func cardFile(id string) string { return "cards/" + id + ".yaml" }

// offerKeys say where in a card's file each field of the console stands.
var offerKeys = map[string][]string{
	"phone": {"行き先", "電話"}, "hours": {"行き先", "時間"}, "week": {"行き先", "開いている時間"},
	"place": {"行き先", "場所"}, "arrive": {"行ったら"}, "lead": {"ひとこと"},
}

// Cards lists whom the house names: what has to be verified first.
func (w wording) Cards(ctx context.Context) ([]console.Offer, error) {
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
	for _, r := range catalogue.Unready(b, w.h.clock()) {
		out = append(out, offerOf(b, b.Cards[r.ID], r))
		done[r.ID] = true
	}
	rest := len(out)
	for id, c := range b.Cards {
		if !done[id] && c.Kind != "memo" {
			out = append(out, offerOf(b, c, catalogue.Row{}))
		}
	}
	slices.SortFunc(out[rest:], func(a, b console.Offer) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

func offerOf(b *flows.Bundle, c *flows.Card, r catalogue.Row) console.Offer {
	o := console.Offer{ID: string(c.ID), Kind: c.Kind, Title: c.Title[flows.Ja], Why: string(r.Why), Always: c.Always,
		Until: r.Until, Day: c.Verified, By: c.By, Source: c.Source, Fields: map[string]string{"phone": c.Phone}}
	if s := b.Cards[r.Shown]; s != nil && r.Shown != c.ID {
		o.Instead = s.Title[flows.Ja]
	}
	return o
}

// Card is one of them, with its fields as they are written.
func (w wording) Card(ctx context.Context, id string) (console.Offer, error) {
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
	for _, r := range catalogue.Unready(b, w.h.clock()) {
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
func (w wording) Verify(ctx context.Context, ids []string, name string, day time.Time, by string) error {
	var edits []script.Edit
	for _, id := range ids {
		edits = append(edits,
			script.Edit{File: cardFile(id), Key: []string{"出典", "確かめた日"}, Value: day.Format(time.DateOnly)},
			script.Edit{File: cardFile(id), Key: []string{"出典", "確かめた人"}, Value: script.Quote(name)})
	}
	return w.lay(ctx, by, anySeen, edits...)
}

// Change changes fields of a card within the form that its file has.
func (w wording) Change(ctx context.Context, id string, seen int64, fields map[string]string, by string) error {
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
func (w wording) Hours(ctx context.Context) (console.HouseHours, error) {
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
		if at, err := time.ParseInLocation(time.DateOnly, day, w.h.bundle().House.Zone); err == nil {
			out.Closed = append(out.Closed, console.ClosedDay{Day: at, Why: script.Written("house.yaml", data, "休み", day)})
		}
	}
	slices.SortFunc(out.Closed, func(a, b console.ClosedDay) int { return a.Day.Compare(b.Day) })
	return out, nil
}

// SetHours changes when somebody reads.
func (w wording) SetHours(ctx context.Context, seen int64, hours, by string) error {
	return w.lay(ctx, by, seen, script.Edit{File: "house.yaml", Key: []string{"開いている時間"}, Value: spread(hours)})
}

// Close makes a day one on which nobody reads.
func (w wording) Close(ctx context.Context, day time.Time, why, by string) error {
	return w.lay(ctx, by, anySeen, script.Edit{File: "house.yaml", Key: []string{"休み", day.Format(time.DateOnly)}, Value: script.Quote(why)})
}

// Reopen takes that back.
func (w wording) Reopen(ctx context.Context, day time.Time, by string) error {
	return w.lay(ctx, by, anySeen, script.Edit{File: "house.yaml", Key: []string{"休み", day.Format(time.DateOnly)}})
}

// Drafts lists the files whose sentences nobody has confirmed.
func (w wording) Drafts(ctx context.Context) ([]console.Draft, error) {
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
func (w wording) Draft(ctx context.Context, file string) (console.Draft, error) {
	all, err := w.Drafts(ctx)
	for _, d := range all {
		if d.File == file {
			return d, nil
		}
	}
	return console.Draft{}, errors.Join(err, console.ErrNoContent)
}

// Confirm notes that a named person has read these very sentences.
func (w wording) Confirm(ctx context.Context, file, hash, name, by string) error {
	d, err := w.Draft(ctx, file)
	if errors.Is(err, console.ErrNoContent) || err == nil && d.Hash != hash {
		return console.ErrTaken // read or changed by somebody else since
	}
	if err != nil {
		return err
	}
	m := script.Mark{File: file, Hash: hash}
	return w.lay(ctx, by, anySeen, m.Confirmation(name, w.h.clock().In(w.h.bundle().House.Zone).Format(time.DateOnly)))
}
