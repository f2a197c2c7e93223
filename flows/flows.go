// Package flows decides what the bot says.
//
// It is the vocabulary of the whole program: an [Event] happened to a person,
// a [Reading] is what a text asked for (never the text itself), a [View] is the
// world outside at that moment, a [State] is all that the dialogue remembers,
// an [Effect] is what shall happen now. [Step] turns the first four into the
// last two. Nothing here does I/O, reads a clock or logs: the same input gives
// the same output, byte for byte, on every machine and in every replay.
package flows

import "time"

// PersonID names one resident inside our house. It is random, begins with the
// two digits of the person's lane ("07-k3v9…") and says nothing about who they are.
type PersonID string

// CaseID names one hand-off, from the tap until it is closed.
type CaseID string

// FlowID is the half-width name of a flow file ("okane").
type FlowID string

// SceneKey is "flow/scene" ("okane/家賃"). The empty key is the house's threshold: no scene.
type SceneKey string

// CardID names something that can be offered ("kurashi-madoguchi").
type CardID string

// Lang is one of the nine languages of the house.
type Lang string

// The languages, in the order in which they are offered.
const (
	Ja     Lang = "ja"
	JaEasy Lang = "ja-easy"
	En     Lang = "en"
	Zh     Lang = "zh"
	Ko     Lang = "ko"
	Vi     Lang = "vi"
	Ne     Lang = "ne"
	Tl     Lang = "tl"
	Pt     Lang = "pt"
)

// Langs lists every language once, in the order of the menu.
var Langs = [...]Lang{Ja, JaEasy, En, Zh, Ko, Vi, Ne, Tl, Pt}

// EventKind says what happened.
type EventKind string

// Everything that can happen to a person's talk.
const (
	EvText     EventKind = "text"     // one or more texts, read together; see Event.Readings
	EvTap      EventKind = "tap"      // a button of ours; see Event.Tap
	EvSticker  EventKind = "sticker"  //
	EvMedia    EventKind = "media"    // image, video, audio, file; see Event.Media
	EvLocation EventKind = "location" //
	EvFollow   EventKind = "follow"   //
	EvUnfollow EventKind = "unfollow" //
	EvUnsend   EventKind = "unsend"   // see Event.Ref: the message taken back
	EvUnknown  EventKind = "unknown"  // LINE sent something newer than we are
	EvDesk     EventKind = "desk"     // a coordinator did something; see Event.Desk
	EvTimer    EventKind = "timer"    // see Event.Timer
)

// Event is one turn's cause, without anybody's words.
type Event struct {
	ID       string    // unique; the root of every id that the turn produces
	Kind     EventKind //
	At       time.Time // when LINE or the desk says it happened
	Readings []Reading // EvText: one per text, in order of arrival
	Texts    []string  // EvText: their ids, beside the readings
	Tap      Tap       // EvTap
	Media    string    // EvMedia: image, video, audio, file
	Ref      string    // EvUnsend: id of the message taken back; EvMedia: its own id
	Desk     DeskAct   // EvDesk
	Timer    Timer     // EvTimer
	Post     PostNews  // EvPost
	Group    GroupNews `json:",omitzero"` // EvGroup
	Standby  bool      // another module of LINE has the talk: nothing may be sent
	Place    Place     `json:",omitempty"` // where the person did it
}

// Urgency is the kind of danger that a text speaks of.
type Urgency string

// Level says how clearly it does.
type Level string

// The kinds of danger, and how clear they are.
const (
	NoUrgency Urgency = ""         // nothing of the kind
	Life      Urgency = "life"     // wish to die, self-harm
	Violence  Urgency = "violence" // done to the writer, by the writer or to a third person
	Medical   Urgency = "medical"  // the body, now

	NoLevel Level = ""      //
	Worry   Level = "worry" // 気がかり: ask once, gently
	Clear   Level = "clear" // 明らか: crisis answer, case and alarm in the same step
)

// Exit is a way out that every scene has and no author can remove.
type Exit string

// The exits of the root statechart. Typed ones match a whole message only.
const (
	NoExit      Exit = ""
	ExHuman     Exit = "human"      // 人と話す
	ExEnd       Exit = "end"        // ここまで (ends the topic and nothing else); typed やめる too
	ExStop      Exit = "stop"       // もう送らないで
	ExBack      Exit = "back"       // もどる
	ExRestart   Exit = "restart"    // はじめから
	ExLang      Exit = "lang"       // ことば: choose a language; Reading.Lang set when one was named
	ExDelete    Exit = "delete"     // 消す: asks once, then destroys everything
	ExDeleteNow Exit = "delete_now" // the second tap of 消す
	ExForget    Exit = "forget"     // この話を消す: words of this visit
	ExBot       Exit = "bot"        // 機械の案内にもどる
	ExLeave     Exit = "leave"      // やっぱりいい: leaves the line
	ExHide      Exit = "hide"       // 見せない: the coordinator sees nothing of before the tap
	ExShowAll   Exit = "show_all"   // 前の話も見せる
	ExMenu      Exit = "menu"       // メニュー
	ExPrivacy   Exit = "privacy"    // ここのこと: who reads, how long, how to delete
	ExNoModel   Exit = "model_off"  // AIを使わない: no language model reads this person's texts
	ExModel     Exit = "model_on"   // AIを使ってもいい
	ExYes       Exit = "yes"        // answers to a question that the root asked
	ExNo        Exit = "no"         //
	ExNone      Exit = "none"       // どれも違う
)

// Scored is one entrance that a text may have meant.
type Scored struct {
	Flow  FlowID
	Topic string // of the list in the house plan, §5
	Score int    // 0..1000
}

// Reading is what a text asks for, found by fixed rules. It holds rule ids, never words.
type Reading struct {
	Urgency Urgency  // OR of all rules that fired
	Level   Level    //
	Rules   []string // ids of the rules that fired, for the person who checks them
	Exit    Exit     // the whole message was a way out
	Lang    Lang     // with ExLang: the language that was named; else the language of the text, "" unknown
	Choice  int      // 1-based: the text named a choice that is on the screen (label, digit, ①)
	Topics  []Scored // entrances, best first
	Themes  []Scored // what it is about, of the whole list of topics, best first; Flow is empty and Step does not look
	Sure    bool     // Topics[0] may be taken without asking
	Talk    bool     // small talk: a greeting, thanks, 「だれかいる?」
	When    string   `json:",omitempty"` // a form asked for a day and an hour, and this is what the text says
	Harsh   bool     // rude, violent or obscene towards us: met calmly, never blocked
}

// Tap is a button of ours, decoded from its postback data. See [EncodeTap].
type Tap struct {
	Bundle string   // short hash of the bundle that drew the button
	Exit   Exit     // set for ways out; then Scene and Choice are empty
	Scene  SceneKey // where the button stood
	Choice int      // 1-based
	Turn   uint32   // State.Turn when it was drawn: tells late taps
	Arg    string   // ExLang: the language; ExMenu: the entrance; else free for the root
	Pick   string   // what LINE's picker brought: "2026-12-05T14:00" or "16:00"
	Label  string   // what the button said (from the bundle, not from the wire): goes to a human's case
}

// DeskDo is what a coordinator (or the desk itself) did.
type DeskDo string

// The acts of the desk that reach a person's lane.
const (
	DeskOpened   DeskDo = "opened"   // the case exists; DeskAct.Ahead is true now
	DeskClaimed  DeskDo = "claimed"  // a coordinator has it; DeskAct.Staff is the alias shown to residents
	DeskAnswered DeskDo = "answered" // words for the resident; DeskAct.Words refers to them
	DeskPromised DeskDo = "promised" // the time of the next answer changed; DeskAct.Until
	DeskReturned DeskDo = "returned" // back to the line (by hand, silence or transfer); DeskAct.Why
	DeskHandBack DeskDo = "handback" // the talk goes back to the machine, the case is closed kindly
	DeskClosed   DeskDo = "closed"   // closed
	DeskRead     DeskDo = "read"     // a coordinator opened the words up to DeskAct.Until: only the ledger cares
	DeskAlarmed  DeskDo = "alarmed"  // an alarm was acknowledged
	DeskErased   DeskDo = "erased"   // one line is deleted from our own store: DeskAct.Ref
)

// DeskAct is one such act. Its words travel sealed beside it, never in it.
type DeskAct struct {
	Do    DeskDo
	Case  CaseID
	Staff string    // alias on the wire (「すずらん」), never a real name
	Ahead int       // DeskOpened: people before this one
	Until time.Time // promise; DeskRead: up to when
	Words bool      // DeskAnswered, DeskPaused: words travel beside it
	Why   string    // one of a closed set: silence, transfer, hand, left, forgotten; DeskPassed: one of its own
	From  string    `json:",omitempty"` // DeskPassed: alias of the one who had it
	Stays bool      `json:",omitempty"` // DeskPassed: who stays with it
	Pass  int       `json:",omitempty"` // DeskPassed: tells it from others of the case
	Ref   string    `json:",omitempty"` // DeskErased: id of the text
	More  int64     `json:",omitempty"` // DeskAnswered: unix ms until which what follows it may still come, to leave with it
}

// TimerKind says what a timer was for.
type TimerKind string

// Timers become events; one that is too late changes nothing.
const (
	TimerCheckIn TimerKind = "checkin" // あとで: one nudge the person asked for
	TimerAlarm   TimerKind = "alarm"   // 3 minutes without anybody acknowledging the alarm
)

// Timer is set by an effect and comes back as an event.
type Timer struct {
	Kind  TimerKind
	At    time.Time
	Scene SceneKey  // TimerCheckIn: where it leads
	Post  PostNews  // TimerPost, TimerVisit: what is to be told, or asked about
	Group GroupNews `json:",omitzero"` // TimerGroup
	Turn  uint32    // State.Turn when it was set: a timer of another life of the talk is a no-op
	Key   string    // names it for cancelling
}

// View is the world outside the talk, by value, at the moment of the turn.
type View struct {
	Now      time.Time // in the house's own time zone
	Open     bool      // somebody reads now
	NextOpen time.Time // if not: when somebody reads next; if so: until when, if known
	Night    bool      // 夜の当番: あり: an alarm reaches somebody outside hours too
	Alarmed  bool      // an alarm of this person is acknowledged
	Ahead    int       // people in the line before this one, if known
	Friend   bool      // the account is a friend (pushes arrive after 7 days)
	Records  bool      // city keeps words after a human claimed (records: keep)
	Model    bool      // a language model is switched on in this house
	Notice   Notice    `json:",omitzero"` // what the house tells everybody just now

	Teams     []TeamReads `json:",omitempty"` // the teams that keep hours of their own
	Team      string      `json:",omitempty"` // whose the open case is, where it matters for Teams
	Catalogue string      // version of the catalogue
	Posts     []Post      // what a search of this turn found, or the posts that its button or timer means
	Nearest   bool        // nothing fits: Posts are what comes nearest
	Groups    []Group     `json:",omitempty"` // that the person posts for, where the turn is about that
	Join      Join        `json:",omitempty"` // what became of an invitation that this turn brought
	Joined    GroupID     `json:",omitempty"` // JoinIn: into which group
	Form      FormCheck   `json:",omitzero"`  // what the board says of State.Form
	Room      RoomView    `json:",omitzero"`  // the talk on our own server
}

// Mode says who speaks.
type Mode string

// The modes of a talk.
const (
	ModeBot     Mode = ""        // the machine
	ModeWaiting Mode = "waiting" // the machine, while a case waits in the line
	ModeHuman   Mode = "human"   // a coordinator; the machine says only four things
)

// Question is one that the root statechart has asked and not yet had answered.
type Question string

// The questions of the root.
const (
	AskNothing Question = ""
	AskDelete  Question = "delete"  // really delete everything?
	AskForget  Question = "forget"  // really delete this talk?
	AskStop    Question = "stop"    // do the coordinator's replies stop too?
	AskWorry   Question = "worry"   // 気がかり: one gentle concrete question
	AskClarify Question = "clarify" // こういうことですか: State.Candidates
	AskLang    Question = "lang"    //
	AskResume  Question = "resume"  // 前は家賃のところでした
	AskMenu    Question = "menu"    // the entrances are on the screen, wherever the person stands
	AskHuman   Question = "human"   // つなぎましょうか: the button to a human is on the screen
)

// State is all that the dialogue remembers of a person. It is sealed at rest
// and stays under 600 bytes for most people, so names are short on the wire.
type State struct {
	Bundle     string            `json:"b,omitempty"`  // bundle it was last stepped with
	Lang       Lang              `json:"l,omitempty"`  // "" = ja
	Mode       Mode              `json:"m,omitempty"`  //
	Case       CaseID            `json:"c,omitempty"`  // open case, once the desk said so
	Staff      string            `json:"st,omitempty"` // alias of the coordinator who has it
	Urgent     Urgency           `json:"u,omitempty"`  // of the open case or talk
	Level      Level             `json:"ul,omitempty"` //
	Scene      SceneKey          `json:"s,omitempty"`  // where the person is
	Back       []SceneKey        `json:"bk,omitempty"` // scenes before, ≤ 20
	Undo       []string          `json:"ud,omitempty"` // beside Back: what memory held ("key=old"), for もどる; nil while nothing is to undo
	Memory     map[string]string `json:"mm,omitempty"` // closed choices only, never free text
	Ask        Question          `json:"q,omitempty"`  //
	Candidates []FlowID          `json:"cd,omitempty"` // AskClarify
	Tried      int               `json:"tr,omitempty"` // how often in a row we did not understand
	Stopped    bool              `json:"x,omitempty"`  // もう送らないで: no nudge
	Muted      bool              `json:"xr,omitempty"` // the coordinator's replies stop too
	Blocked    bool              `json:"bl,omitempty"` // unfollowed
	Greeted    bool              `json:"g,omitempty"`  // first-use notice was given
	NoModel    bool              `json:"nm,omitempty"` // AIを使わない: asked that no language model reads here
	DraftTold  bool              `json:"dt,omitempty"` // was told once that sentences are drafts
	Consent    string            `json:"k,omitempty"`  // key of the one check-in that was asked for
	Receipt    int64             `json:"r,omitempty"`  // unix seconds of the last receipt in human mode
	Visit      int64             `json:"v,omitempty"`  // unix seconds when this visit began
	Last       int64             `json:"la,omitempty"` // unix seconds of the person's last event
	Kept       []Kept            `json:"kp,omitempty"` // posts put aside, the newest last
	After      []Kept            `json:"af,omitempty"` // visits that the person may be asked about, once each
	About      string            `json:"ab,omitempty"` // the post, or the group, that Ask is about
	Hears      bool              `json:"gh,omitempty"` // who posts for a group wants to hear when something concerns it
	Form       *Form             `json:"fo,omitempty"` // what the person is writing for their group
	Alarm      uint32            `json:"al,omitempty"` // turn that raised the alarm whose three minutes are running
	Until      int64             `json:"un,omitempty"` // unix seconds of the coordinator's promise
	Turn       uint32            `json:"t,omitempty"`  // counts turns; part of every button
	Many       int               `json:"my,omitempty"` // texts of late, see Slow
	ManyAt     int64             `json:"ma,omitempty"` // unix seconds at which Many was counted
	Disaster   bool              `json:"dz,omitempty"` // the menu on the screen begins with the disaster's entrance
	Varied     uint32            `json:"vr,omitempty"` // picks among equal lines of small talk
	Place      Place             `json:"pl,omitempty"` // where a human's words go
	Told       int64             `json:"tw,omitempty"` // unix ms when LINE last said that the room has an answer
	Links      int               `json:"ln,omitempty"` // to the room, in the hour LinksAt
	LinksAt    int64             `json:"lt,omitempty"` //
	From       string            `json:"fr,omitempty"` // alias of who had the talk before, while そのままがいい can be said
	Pass       int               `json:"pa,omitempty"` // the passing on that From is about
	Wished     bool              `json:"pw,omitempty"` // it was said
	Paused     int64             `json:"pz,omitempty"` // unix seconds until which the talk rests
	Spoke      bool              `json:"sk,omitempty"` // a human's words went out in the open case
	Talk       *Talked           `json:"tk,omitempty"` // the talk that was asked about last
}
