package contacts

import (
	"bytes"
	"fmt"
	"time"

	"engawa/flows"
)

// Kept is one thing that the house keeps, for how long and counted from when, in
// plain Japanese.
type Kept struct{ What, For, From string }

// Facts are what the sentences of the privacy page are about in this house.
type Facts struct {
	Records bool   // the city keeps what is said after a coordinator has the case
	Model   bool   // a language model is switched on
	Kept    []Kept // the table of what is kept; the sentences name its main lines in every language
}

// noticeSection is the page in one language.
type noticeSection struct {
	Lang, Name, HTMLLang, Title string
	Draft                       string // set while somebody has still to confirm these sentences
	Says                        []string
	Kept                        []Kept
}

// Privacy draws the page about who reads, what is kept and what remains: the
// first-use notice and 「ここのこと」 as residents get them, in nine languages. A
// language whose sentences nobody confirmed says that it is a draft.
func Privacy(b *flows.Bundle, f Facts, now time.Time) ([]byte, error) {
	if b.House.Zone != nil {
		now = now.In(b.House.Zone)
	}
	data := struct {
		House, City, Date, Bundle string
		Sections                  []noticeSection
	}{b.House.Name, b.House.City, now.Format(time.DateOnly), b.Hash, nil}
	for _, l := range flows.Langs {
		data.Sections = append(data.Sections, noticeIn(b, f, l))
	}
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, "privacy.html", data); err != nil {
		return nil, fmt.Errorf("contacts: privacy: %w", err)
	}
	return out.Bytes(), nil
}

func noticeIn(b *flows.Bundle, f Facts, l flows.Lang) noticeSection {
	s := noticeSection{Lang: string(l), Name: l.OwnName(), HTMLLang: htmlLang(l)}
	own := true
	say := func(key string) (all []string) {
		for _, p := range b.Lines[key] {
			text, mine := p.In(l)
			own = own && mine
			all = append(all, text)
		}
		return all
	}
	if s.Title = "ここのこと"; len(b.Lines["exit.privacy"]) > 0 {
		s.Title, _ = b.Lines["exit.privacy"][0].In(l)
	}
	s.Says = say("greeting")
	about := "privacy"
	if f.Records && len(b.Lines["privacy.records"]) > 0 {
		s.Says = append(s.Says, say("greeting.records")...)
		about = "privacy.records"
	}
	s.Says = append(s.Says, say(about)...)
	if f.Model {
		s.Says = append(s.Says, say("privacy.model")...)
	}
	if l == flows.Ja {
		s.Kept = f.Kept
	}
	if !own { // what nobody confirmed in this language stands there in plain Japanese, and says so
		s.Says = append(say("lang.fallback"), s.Says...)
	}
	if b.Drafts {
		for _, text := range say("draft.notice") {
			s.Draft += text
		}
		if s.Draft == "" {
			s.Draft = "draft"
		}
	}
	return s
}
