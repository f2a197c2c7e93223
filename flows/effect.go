package flows

// What a turn lets happen: to the resident, at the desk, to an alarm, later, or to keys.

// EffectKind says what an effect is, and by that whom it may reach and when.
type EffectKind string

// The effects.
const (
	EfAnswer EffectKind = "answer" // the machine answers the person's own event; any hour
	EfHuman  EffectKind = "human"  // a coordinator's words, in a case the person asked for
	EfNudge  EffectKind = "nudge"  // begun by us: only with tap-consent, not stopped, 9–20 h, once
	EfDesk   EffectKind = "desk"   // a note to the desk; see Effect.Desk
	EfAlarm  EffectKind = "alarm"  // wakes a human without content; see Effect.Alarm
	EfTimer  EffectKind = "timer"  // sets Effect.Timer
	EfCancel EffectKind = "cancel" // cancels the timer named Effect.Timer.Key ("*" = all)
	EfUnsend EffectKind = "unsend" // destroys the key of the text Effect.Ref
	EfForget EffectKind = "forget" // destroys the keys of all texts of this visit (since Effect.Since)
	EfPurge  EffectKind = "purge"  // destroys the person's key and everything under it
)

// Voice says who speaks a bubble.
type Voice string

// The two mouths of the account.
const (
	Machine Voice = ""      // 縁側(機械)
	Human   Voice = "human" // 相談員 + Effect.Staff
)

// Button is one choice as the person sees it.
type Button struct {
	Label string // ≤ 20 graphemes
	Pick  string // "datetime" or "time": LINE's own picker; what was picked comes as Tap.Pick
	Data  string // postback data, ≤ 300; empty if URI is set
	URI   string // tel: or https:
	Room  bool   // leads to the room: the shell makes the one-time address
}

// CardView is an offer as words, ready to draw.
type CardView struct {
	ID      CardID
	Kind    string   // service, contact, ibasho, event, role, memo: picks the drawing
	Title   string   //
	Lead    string   // one sentence
	Facts   []string // low-hurdle facts, hours, way there; each one line
	Buttons []Button // the next small act first
}

// Bubble is one balloon of the talk.
type Bubble struct {
	Text  string    // plain text, or the lead of a choice bubble
	Card  *CardView //
	Words bool      // EfHuman: the coordinator's words stand here; the shell puts them in
	Form  bool      // what is being posted, as it will look; the shell draws it
}

// Effect is one thing that shall happen.
type Effect struct {
	Kind    EffectKind
	Voice   Voice
	Place   Place    // where it is shown
	Staff   string   // alias, for Voice Human and for lines about a coordinator
	Lang    Lang     // language of the bubbles
	Bubbles []Bubble // ≤ 3
	Choices []Button // full-width buttons under the last bubble, ≤ 5
	Exits   []Button // always the same place and wording; quick replies on phones
	Crisis  bool     // a crisis answer: pushed again when its fate is unknown
	Line    string   // key of the fixed line ("greeting", "crisis.life") or the scene it shows: for the desk's folded view and the journal
	Final   bool     // the farewell of 消す: sent by reply token only, nothing is left to push to
	Desk    DeskNote
	Alarm   Alarm
	Timer   Timer
	Ref     string    // EfUnsend: message id; EfKeep, EfUnkeep: the post
	Since   int64     // EfForget: unix seconds
	Board   BoardNote // EfBoard
}

// NoteDo is what the desk is asked or told.
type NoteDo string

// The notes to the desk.
const (
	NoteOpen      NoteDo = "open"      // a person wants a human (or must have one)
	NoteWords     NoteDo = "words"     // new words or a tap for the open case
	NoteLeave     NoteDo = "leave"     // やっぱりいい, 機械の案内にもどる
	NoteShare     NoteDo = "share"     // what of before may be seen changed: DeskNote.Since
	NoteRisk      NoteDo = "risk"      // risk rose: DeskNote.Urgency/Level/Rules
	NoteUnsent    NoteDo = "unsent"    // a text was taken back
	NoteForgotten NoteDo = "forgotten" // 消す: only the case's bare facts stay
	NoteSent      NoteDo = "sent"      // the act DeskNote.Act is on its way to the resident
	NoteRefused   NoteDo = "refused"   // it is not: DeskNote.Why (stopped, left, forgotten)
	NoteStopped   NoteDo = "stopped"   // もう送らないで was said; Why tells what still arrives
)

// DeskNote is one message from a person's lane to the desk. It holds no words.
type DeskNote struct {
	Do      NoteDo
	Case    CaseID   // if known
	Topic   string   // of the house plan's list
	Flow    FlowID   //
	Scene   SceneKey // where the person was: what they chose
	Lang    Lang
	Urgency Urgency
	Level   Level
	Rules   []string // which rules fired
	Since   int64    // unix seconds: words from here on may be seen; 0 = only from now on
	All     bool     // 前の話も見せる: earlier visits too
	Team    string   // つなぐ: 先
	Act     string   // id of the desk event that is answered
	Why     string
	Place   Place             `json:",omitempty"` // NoteOpen, NotePlace: where the case goes on
	Memory  map[string]string // 渡す: closed choices passed on
	Task    *TaskNote         `json:",omitempty"` // NoteTask
}

// Alarm wakes people. It never carries content.
type Alarm struct {
	Urgency Urgency
	Level   Level
	Rules   []string
	Standby bool // LINE has given the talk to another module
}
