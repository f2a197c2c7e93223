package house

import (
	"context"
	"net/http"
	"sync"
	"time"

	"engawa/bot/preview"
	"engawa/flows/script"
	"engawa/handoff/console"
	"engawa/handoff/wording"
)

// cardsAlone finds places among the cards of any words, without a board.
func cardsAlone() *shelf { return &shelf{house: &house{}} }

// lookTime is how long the page of the words may wait for them.
const lookTime = 5 * time.Second

// tryOut are the pages on which staff try out, until ctx ends, the words in force
// with what the console has put right. They are brought up to date whenever
// somebody opens them; whatever is tapped there reaches nobody.
func (h *house) tryOut(ctx context.Context, words *wording.Words) *preview.Server {
	v := &inForce{house: h, words: words}
	pages := preview.New(&v.book, preview.Options{Back: "/content", Before: func() { v.refresh(ctx) }, Find: (&shelf{house: h}).find,
		English: func(r *http.Request) bool { return r.Header.Get(console.PreviewLang) == "en" }})
	context.AfterFunc(ctx, pages.Close)
	return pages
}

// inForce is the book of what residents are told now.
type inForce struct {
	house *house
	words *wording.Words
	book  preview.Book

	mu   sync.Mutex
	seen string
}

// refresh reads the words again if they are others. Those that cannot be read leave the last ones.
func (v *inForce) refresh(ctx context.Context) {
	v.mu.Lock()
	defer v.mu.Unlock()
	ctx, stop := context.WithTimeout(ctx, lookTime)
	defer stop()
	name, folder, err := v.words.InForce(ctx)
	if err != nil {
		v.house.log.Warn("the words in force cannot be shown for now", "err", err)
		return
	}
	if name == v.seen {
		return
	}
	began := time.Now()
	b, faults := v.words.Read(folder)
	if _, err := script.Sound(b, faults); err == nil && v.house.dress != nil {
		b = v.house.dress(b)
	}
	v.book.Put(preview.Version{Bundle: b, Files: folder, Faults: faults, Took: time.Since(began)})
	v.seen = name
}
