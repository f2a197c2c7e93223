package flows

import "time"

// Bundle is one release of everything that the house may say: compiled,
// content-hashed and read-only. script compiles it; Step and understand read it.
type Bundle struct {
	Hash   string                // 12 hex digits of the content's SHA-256
	House  House                 // who we are, when we are there
	Flows  map[FlowID]*Flow      //
	Order  []FlowID              // flows in the order of their files' names: no map is ever ranged over for output
	Scenes map[SceneKey]*Scene   //
	Cards  map[CardID]*Card      //
	Menu   []MenuEntry           // what the menu shows, in order
	Rich   *RichMenu             // menu.yaml: the picture menu under the talk; nil = none
	Lines  map[string][]Phrase   // fixed sentences of the root statechart ("greeting", "exit.human", "crisis.life", …); several = bubbles
	Moves  map[SceneKey]SceneKey // moves/: where scenes of earlier releases have gone
	Words  Words                 // word lists for understand
	Drafts bool                  // some shipped sentence is 下書き and was accepted by ENGAWA_ACCEPT_DRAFTS
}

// Phrase is one sentence in the languages that have it confirmed (or accepted).
type Phrase map[Lang]string

// In gives the sentence in the language l; where it is missing the plain Japanese
// one (then ja) and false, so that the caller can say so.
func (p Phrase) In(l Lang) (text string, own bool) {
	if l == "" {
		l = Ja
	}
	if t, ok := p[l]; ok {
		return t, true
	}
	if l == JaEasy {
		return p[Ja], true // an easy text is a wish, ja is its honest second best
	}
	if t, ok := p[JaEasy]; ok {
		return t, false
	}
	return p[Ja], false
}

// Flow is one topic, written by one team.
type Flow struct {
	ID       FlowID
	Title    Phrase
	Topic    string   // of the house plan's list
	Start    SceneKey // 入口
	Sayings  []string // こう言われたら
	NotThis  []string // これは違う
	Harmless bool     // may be routed to without asking
	Team     string   // 持ち主
}

// Scene is a small promise: at most 3 bubbles, at most 5 choices, exactly one way on.
type Scene struct {
	Key     SceneKey
	Flow    FlowID
	Name    string   // the scene's name in its file
	Texts   []Phrase // ことば, 1..3
	Cards   []CardID // カード, 0..3
	If      []Branch // もし: first that holds is taken instead of this scene
	Choices []Choice // 選ぶ, 2..5
	Write   Write    // 書いたら
	Next    SceneKey // つぎ
	Handoff *Handoff // つなぐ
	End     bool     // おわり
}

// Write says what happens to free text in a scene that asks for it.
type Write string

// What free text in a scene does.
const (
	WriteRoute  Write = ""     // it is routed like any text
	WriteSearch Write = "さがす"  // it searches the catalogue
	WriteHuman  Write = "人が読む" // a human reads it; the machine does not answer its content
)

// Branch is one もし: a closed fact and where it leads.
type Branch struct {
	Fact  string // 時間 (時間内/時間外) or a memory key
	Value string
	Next  SceneKey
}

// Choice is one button of a scene.
type Choice struct {
	Label    Phrase
	Next     SceneKey // "" with End
	End      bool     // おわり
	Remember [2]string
	Later    *Later
}

// Later is あとで: one check-in, asked for by this tap and by nothing else.
type Later struct {
	Days  int // 1..30
	Scene SceneKey
}

// Handoff is つなぐ.
type Handoff struct {
	Team     string   // 先
	Urgent   bool     // 急ぎ
	Pass     []string // 渡す: memory keys
	OffHours CardID   // 時間外
}

// Card is something that can be offered.
type Card struct {
	ID       CardID
	Kind     string // service, contact, ibasho, event, role, memo
	Title    Phrase
	Lead     Phrase                  // ひとこと
	Arrive   Phrase                  // one sentence about arriving or calling
	Phone    string                  // digits; "" none
	URL      string                  //
	Place    Phrase                  //
	Hours    Phrase                  // as people say it
	Facts    []string                // low-hurdle facts (ids of the closed list: 話さなくてOK …)
	Anon     bool                    // 匿名
	Week     map[time.Weekday][]Span // 開いている時間: when it answers; nil = not known
	Holidays bool                    // 毎日: holidays do not change Week
	Always   bool                    // 110, 119, 189: never stale
	Source   string                  // 出典
	Verified time.Time
	By       string // who verified it; "" = nobody yet
	Expires  time.Time
	Instead  CardID // かわり
	Chosen   bool   // 選んだことをのせる: a memo that tells what the person has tapped on the way
}

// MenuEntry is one line of the menu.
type MenuEntry struct {
	Label Phrase
	Scene SceneKey
	Exit  Exit
}

// House is what house.yaml says.
type House struct {
	Name      string // 縁側
	City      string // ひなた区
	Zone      *time.Location
	Hours     map[time.Weekday][]Span
	Closed    map[string]string    // "2026-12-29" → name: holidays and other closed days
	Night     bool                 // 夜の当番
	Place     string               // line or room: where all talks with a human take place
	Rooms     []string             // 部屋で話す: topics that are talked about in the room
	RoomRisks []Urgency            // and kinds of danger
	Records   bool                 // records: keep
	ReadMark  bool                 // 既読: 人が読んだとき: LINE's mark is set when a coordinator has opened the words
	Two       bool                 // 公開: ふたり: a release needs two people
	GroupAsk  int                  // 会のようす: days of silence after which a group is asked whether it goes on; 0 = never
	GroupRest int                  // and days after that until its posts rest
	Privacy   string               // URL of the privacy page, "" = the built-in text only
	Contacts  string               // URL of the static contacts page
	Urgent    map[Urgency][]CardID // 急ぎの窓口: who else may be asked in danger, the gentlest first
	Teams     []string
	About     map[string]Team       // 窓口のこと
	Areas     []Area                // 圏域: they overlap and are no tree
	Apart     []string              // 近くを避ける: topics that no neighbour should hear of
	Steps     map[TaskKind][]string // 進めかた: the checklist of a task
	Banned    []string              // 禁句: words that no sentence of the house uses
}

// Span is a stretch of a day in minutes after midnight.
type Span struct{ From, To int }

// Words are the lists that understand works with.
type Words struct {
	Urgent []UrgentRule
	Exits  map[Exit][]string // whole messages, any language, as people type them
	Talk   []string          // small talk
	Harsh  []HarshList       // what is hard to hear: answered calmly, marked for staff
	Langs  map[Lang][]string // how people ask for a language
}

// HarshList is words/harsh.<lang>.yaml: rude, violent or obscene words towards
// the machine or the staff. They block nobody and change nothing.
type HarshList struct {
	Lang Lang
	Any  []string
	Not  []string // what only sounds like it, and what was done to the writer
}

// UrgentRule is one line of words/urgent.<lang>.yaml.
type UrgentRule struct {
	ID      string
	Lang    Lang
	Urgency Urgency
	Level   Level
	Who     string   // whom it is about: 本人, 身近な人, …
	Any     []string // any of these, after normalising; understand says how a line is written
	All     []string // and all of these
	Not     []string // but none of these (hyperbole, fiction, negation)
	Fires   []string // examples that it must see
	Calm    []string // examples that it must not see
	Reason  string   // in words, for the coordinator
}
