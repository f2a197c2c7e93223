package privacy

import "time"

// Kind is a kind of thing that the house keeps.
type Kind string

// What the house keeps. [KeepTable] says for how long.
const (
	Inbox     Kind = "inbox"
	Seen      Kind = "seen"
	Words     Kind = "words"
	State     Kind = "state"
	CaseWords Kind = "case_words"
	Notes     Kind = "notes"
	Tasks     Kind = "tasks"
	Journal   Kind = "journal"
	Media     Kind = "media"
	DeadMail  Kind = "dead_letters"
	Drafts    Kind = "drafts"
	Asked     Kind = "asked"
	Log       Kind = "log"
	RiskID    Kind = "risk_id"
	Shreds    Kind = "shreds"
	Counts    Kind = "counts"
)

// Forever is the term of what names nobody.
const Forever time.Duration = 1<<63 - 1

const day = 24 * time.Hour

// KeepRow is one line of the table that a city's lawyer reads in deploy/runbook/delete.md.
type KeepRow struct {
	Kind Kind
	For  time.Duration
	From string // what the time counts from
	What string // the thing in plain Japanese
}

// KeepTable says how long each kind of thing is kept. The sweep reads it; so do
// the privacy page and a test that holds the runbook equal to it.
var KeepTable = []KeepRow{
	{Inbox, 3 * day, "その日の終わりから（未処理が残る日は、済むまで）", "LINEから届いたままのデータ"},
	{Seen, 3 * day, "届いたときから", "届いた印（同じ知らせを二度あつかわないための番号）"},
	{Words, 30 * day, "その人の最後のことばから", "相談になっていない話のことば"},
	{State, 90 * day, "その人の最後のことばから", "会話の続き・よび名・封をしたLINEのID"},
	{CaseWords, 365 * day, "相談を閉じたときから", "相談になった話のことば"},
	{Notes, 3 * 365 * day, "相談を閉じたときから", "職員の覚え書き（ことばの引用はなし）"},
	{Tasks, 365 * day, "終わったときから", "頼まれごと（ことばは話の中にあり、話とともに消える）と、その覚え書き"},
	{Journal, 30 * day, "書いたときから", "動きの記録（ことばなし）"},
	{Media, 30 * day, "届いたときから", "写真など"},
	{DeadMail, 30 * day, "書いたときから", "送れなかった返事・読めなかった知らせ"},
	{Drafts, 7 * day, "最後に直したときから", "投稿の下書き"},
	{Asked, 7 * day, "聞いた日の終わりから", "言語モデルに聞いたこと（名前や番号をかくしたあと）と、その答え"},
	{Log, 3 * 365 * day, "書いたときから", "だれが開き、答え、閉じたかの記録（ことばなし）"},
	{RiskID, 3 * day, "消すを押したときから", "命の危険がある相談で、封をしたLINEのIDだけ"},
	{Shreds, 180 * day, "消したときから", "消した鍵の番号の一覧（バックアップから戻らないように）"},
	{Counts, Forever, "", "数だけの記録"},
}

// Keep is [KeepTable] by kind.
var Keep = keepByKind()

func keepByKind() map[Kind]time.Duration {
	m := make(map[Kind]time.Duration, len(KeepTable))
	for _, row := range KeepTable {
		m[row.Kind] = row.For
	}
	return m
}
