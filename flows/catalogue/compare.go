package catalogue

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"engawa/flows"
)

// Same tells that two entries say the same to who reads them; who verified what,
// and where each stands on its way to the public, is not looked at.
func Same(a, b *Entry) bool {
	return bytes.Equal(said(a), said(b))
}

func said(e *Entry) []byte {
	out := *e
	out.ID, out.Group, out.Host, out.By, out.Source, out.Instead, out.State, out.Always = "", "", "", "", "", "", "", false
	out.Verified, out.Expires, out.Changed = time.Time{}, time.Time{}, time.Time{}
	for _, p := range []*flows.Phrase{&out.Title, &out.Lead, &out.Arrive, &out.Hours, &out.Where.Place} {
		if len(*p) == 0 {
			*p = nil // the title knows no omitempty
		}
	}
	body, _ := json.Marshal(out) // strings, numbers and times only
	return body
}

// Keep takes over the cancelled and moved dates of the times that an entry had:
// a file written before a date was cancelled must not bring it back.
func (e *Entry) Keep(was *Entry) {
	if was == nil {
		return
	}
	e.Times = slices.Clone(e.Times)
	for i := range e.Times {
		w := &e.Times[i]
		had := slices.IndexFunc(was.Times, func(o When) bool { return o.Start == w.Start && o.End == w.End && o.Rule == w.Rule })
		if had < 0 {
			continue
		}
		kept := slices.Clone(was.Times[had].Changes)
		for _, c := range w.Changes {
			if !slices.ContainsFunc(kept, func(o Change) bool { return o.Day == c.Day }) {
				kept = append(kept, c)
			}
		}
		w.Changes = kept
	}
}

// apart are columns that [Same] does not look at.
var apart = []string{origin, "番号", "会の番号", "会", "出どころ", "確かめた日", "確かめた人", "期限", "かわり", "いつも出す", "状態", "変わった時"}

// ChangedColumns are the columns in which two entries differ.
func ChangedColumns(was, now *Entry) (names []string) {
	for _, c := range columns {
		if !slices.Contains(apart, c.ja) && c.get(was) != c.get(now) {
			names = append(names, c.ja)
		}
	}
	return names
}
