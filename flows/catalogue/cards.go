package catalogue

import (
	"regexp"
	"sort"
	"strings"
	"time"

	"engawa/flows"
)

// FromCards sees the cards of a bundle as entries of the one catalogue. Memos
// are no offers and stay out.
func FromCards(b *flows.Bundle) []*Entry {
	out := make([]*Entry, 0, len(b.Cards))
	for _, c := range b.Cards {
		if c.Kind != "memo" {
			out = append(out, fromCard(c))
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

func fromCard(c *flows.Card) *Entry {
	e := &Entry{
		ID: string(c.ID), Kind: Kind(c.Kind), Title: c.Title, Lead: c.Lead, Arrive: c.Arrive, Hours: c.Hours, Facts: c.Facts,
		Phone: c.Phone, Source: c.Source, Verified: c.Verified, By: c.By, Expires: c.Expires, Instead: string(c.Instead),
		Always: c.Always, State: Published, Where: Where{Place: c.Place},
	}
	if e.Has("オンライン") && (c.Kind == "ibasho" || c.Kind == "event") {
		e.Where.Online = c.URL
	} else {
		e.URL = c.URL
	}
	place, _ := c.Place.In(flows.Ja)
	e.Where.Station, e.Where.Town, e.Where.Way = station.FindString(place), town.FindString(place), bracketed(place)
	if e.Times = timesOf(c); e.Times == nil {
		hours, _ := c.Hours.In(flows.Ja)
		e.Times = SaidTimes(hours)
	}
	e.Tie, e.For = tieOf(c)
	if e.Kind == Role && e.Has("10分だけ") {
		e.Effort = "10分だけ"
	}
	return e
}

var (
	station = regexp.MustCompile(`[\p{Han}\p{Hiragana}\p{Katakana}ー]+駅`)
	town    = regexp.MustCompile(`[\p{Han}\p{Hiragana}\p{Katakana}ー]+町([0-9]+丁目)?`)
	bracket = regexp.MustCompile(`[(（]([^)）]*)[)）]`)
)

func bracketed(s string) string {
	if m := bracket.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}

// anchor is a Monday long ago: weekly hours have no first week.
var anchor = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// timesOf turns weekly opening hours into recurring times.
func timesOf(c *flows.Card) []When {
	var out []When
	for d := time.Sunday; d <= time.Saturday; d++ {
		for _, s := range c.Week[d] {
			w := weekly(d, s.From, s.To, Weekly(1, d))
			if c.Holidays {
				w.Holidays = HolidaysOn
			}
			out = append(out, w)
		}
	}
	return out
}

// weekly is a rule whose first date is on or after the anchor, from and to in
// minutes after midnight; a to that is not later is on the next day.
func weekly(d time.Weekday, from, to int, rule string) When {
	day := anchor.AddDate(0, 0, (int(d)+6)%7)
	if to <= from {
		to += 24 * 60
	}
	return When{
		Start: LocalOf(day.Add(time.Duration(from) * time.Minute)), End: LocalOf(day.Add(time.Duration(to) * time.Minute)),
		Rule: rule, Holidays: HolidaysOff,
	}
}

// Cards tell their tie only by where they come from, in words.
var (
	peerWords   = []string{"当事者", "経験", "どうし", "仲間", "同じことで"}
	familyWords = []string{"家族会", "家族の", "親の会"}
	localWords  = []string{"住民", "近所", "ボランティア", "助け合い", "サロン", "食堂"}
)

func tieOf(c *flows.Card) (Tie, []For) {
	lead, _ := c.Lead.In(flows.Ja)
	title, _ := c.Title.In(flows.Ja)
	all := title + lead + c.Source
	family := has(all, familyWords)
	switch {
	case family && c.Kind == "ibasho":
		return Peer, []For{ForFamily, ForPeers}
	case has(all, peerWords) && c.Kind == "ibasho":
		return Peer, []For{ForPeers}
	case c.Kind == "ibasho" || c.Kind == "event" || c.Kind == "role" || has(c.Source, localWords):
		return Neighbour, nil
	case family:
		return Pro, []For{ForFamily}
	}
	return Pro, nil
}

func has(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
