package console

import (
	"context"
	"net/http"
	"testing"

	"engawa/handoff/alarm/own"
)

// fakeOwn remembers what people said; what is refused is decided by the real store.
type fakeOwn struct{ said map[string]own.Reach }

func (f *fakeOwn) Of(_ context.Context, account string) (own.Reach, error) {
	return f.said[account], nil
}

func (f *fakeOwn) Set(_ context.Context, account string, r own.Reach) error {
	if err := r.Check(); err != nil {
		return err
	}
	f.said[account] = r
	return nil
}

func TestEachSetsTheirOwnQuietHoursAndAddress(t *testing.T) {
	said := &fakeOwn{said: map[string]own.Reach{}}
	h := newHouse(t, func(p *Parts) { p.Own, p.Mails = said, true })
	b := h.as(t, "suzu")
	page := b.get("/me")
	page.wants(t, http.StatusOK, "静かな時間と、メール", "だれにも届かないことがないように")
	page.lacks(t, "data-hush")
	b.post("/me/reach", "from", "22:00", "to", "07:30", "mail", " suzu@city.example.jp ").wants(t, http.StatusOK, "変えました", `value="suzu@city.example.jp"`, `data-hush="1320 450 540"`)
	b.post("/me/reach", "from", "22:00", "to", "", "mail", "suzu@city.example.jp").wants(t, http.StatusUnprocessableEntity, `value="22:00"`)
	b.post("/me/reach", "from", "21:00", "to", "06:00", "mail", "suzu").wants(t, http.StatusUnprocessableEntity, "まだ何も変わっていません", `value="suzu"`, `value="21:00"`)
	if got, want := said.said["suzu"], (own.Reach{From: 1320, To: 450, Mail: "suzu@city.example.jp"}); got != want {
		t.Errorf("kept %+v, want %+v", got, want)
	}
	h.as(t, "admin").post("/me/reach", "from", "1:00", "to", "2:00").wants(t, http.StatusForbidden)
	other := h.as(t, "kaede").get("/me")
	other.lacks(t, "suzu@city")
}
