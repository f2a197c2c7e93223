package flows

import (
	"strings"
	"time"
)

// PostID names something that a group offers: a place that recurs, or one event.
type PostID string

// Post is an offer of the board as this person may see it now, in their language.
// The board changes without us, so posts come by value with the [View].
type Post struct {
	ID       PostID
	Day      string    // the day that is meant, "2026-12-05"; "" when it has none of its own
	At       time.Time // when it begins; zero: no time of its own
	Card     CardView  // Step puts the buttons of a visit on it
	Told     []string  // what only somebody who wants to go is told: the way in, the link
	Page     string    // its public page, "" none
	Calendar string    // its entry for a calendar, "" none
	Standing Standing
}

// Standing says what has become of a post, or of one of its days.
type Standing string

// The standings of a post.
const (
	PostOn        Standing = ""          // it takes place
	PostCancelled Standing = "cancelled" // not on this day, or not at all
	PostMoved     Standing = "moved"     // another day, hour or place
	PostGone      Standing = "gone"      // recalled or over: nothing of it is shown any more
)

// PostNews is what became of a post, on its way to somebody who kept it.
type PostNews struct {
	ID       PostID
	Day      string
	Standing Standing
}

// Kept is a post that a person has put aside.
type Kept struct {
	ID   PostID `json:"i"`
	Day  string `json:"d,omitempty"`
	Tell bool   `json:"t,omitempty"` // they want to hear once if it changes
}

// What the board brings into a talk, and takes out of it.
const (
	EvPost    EventKind  = "post"   // a post that this person kept has changed; see Event.Post
	TimerPost TimerKind  = "post"   // the same, put off to an hour for it
	EfKeep    EffectKind = "keep"   // the person wants to hear when Effect.Ref changes
	EfUnkeep  EffectKind = "unkeep" // or no longer
)

// What people do with posts. These are ways of the root like the exits, because a
// card of the board may be tapped from anywhere, weeks later.
const (
	ExFind Exit = "find" // Arg: one of [Finds]; "" is ほかも見る, which shows them
	ExGo   Exit = "go"   // 行ってみたい; Arg of this and the next: the post, "@" and its day
	ExKeep Exit = "keep" // とっておく
	ExDrop Exit = "drop" // とっておくのをやめる
	ExWith Exit = "with" // 一緒に行く人をたのむ
	ExAsk  Exit = "ask"  // 聞いてみる
	ExWish Exit = "wish" // こういう所がほしい
	ExKept Exit = "kept" // とっておいたもの
)

// Finds are the ways to look, in their order.
var Finds = [...]string{"today", "week", "near", "online", "quiet", "peers", "family"}

// The questions that belong to posts.
const (
	AskFind     Question = "find"     // which way to look
	AskPost     Question = "post"     // what about it: State.About
	AskTell     Question = "tell"     // may we say once if it changes
	AskQuestion Question = "question" // the next text is a question to the group
)

// OfBoard says whether a tap is about a post.
func (x Exit) OfBoard() bool {
	switch x {
	case ExFind, ExGo, ExKeep, ExDrop, ExWith, ExAsk, ExWish, ExKept, ExPost, ExAfter, ExFelt:
		return true
	}
	return false
}

const (
	maxKept      = 8             // posts put aside; the oldest goes first
	cancelBegins = 7             // o'clock: from when a cancellation is told
	newsWait     = 4 * time.Hour // news that would talk over a human waits so long
)

// About writes which post, and which of its days, a button means.
func About(id PostID, day string) string {
	if day == "" {
		return string(id)
	}
	return string(id) + "@" + day
}

// AboutOf reads what [About] wrote.
func AboutOf(arg string) (PostID, string) {
	id, day, _ := strings.Cut(arg, "@")
	return PostID(id), day
}
