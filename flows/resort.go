package flows

import "strings"

// The last resort: sentences of our own for the day when a bundle lacks one.
// Content is checked before it is published, so nobody should ever read these;
// but a missing line must never leave a person without an answer.
var resort = map[string]Phrase{
	"crisis": {
		Ja:     "書いてくれて、ありがとうございます。あなたのことを、人が読みます。\nいま命があぶないときは 119、だれかがこわいときは 110 に電話できます。声が出なくても、つながります。",
		JaEasy: "書(か)いてくれて、ありがとう ございます。人(ひと)が 読(よ)みます。\nいま 命(いのち)が あぶないときは 119、だれかが こわいときは 110 に 電話(でんわ)できます。",
		En:     "Thank you for writing. A person will read this.\nIf a life is in danger now, you can call 119. If you are afraid of someone, you can call 110.",
	},
	"human": {
		Ja:     "人が読みます。このまま書いて大丈夫です。{when}",
		JaEasy: "人(ひと)が 読(よ)みます。このまま 書(か)いて いいです。{when}",
		En:     "A person will read this. You can go on writing. {when}",
	},
	"harsh": {
		Ja:     "強い気持ちがあるのですね。ここは責めません。話したくなったら、そのまま書けます。",
		JaEasy: "つよい 気持(きも)ちが あるのですね。おこりません。書(か)きたいときに 書(か)いて ください。",
		En:     "These are strong feelings. Nobody blames you here. You can write whenever you like.",
	},
	"desk": {
		Ja:     "相談員からのお知らせです。このまま書けます。",
		JaEasy: "相談員(そうだんいん)からの お知(し)らせです。このまま 書(か)けます。",
		En:     "There is news from the counsellors. You can go on writing here.",
	},
	"delete.ask": {
		Ja:     "ここに書いたことを、ぜんぶ消しますか。消すと、もとにもどせません。",
		JaEasy: "書(か)いたことを ぜんぶ 消(け)しますか。消(け)したら もどりません。",
		En:     "Shall we delete everything you wrote here? It cannot be undone.",
	},
	"delete.done": {
		Ja:     "消しました。また、いつでも書けます。",
		JaEasy: "消(け)しました。また いつでも 書(か)けます。",
		En:     "It is deleted. You can write again any time.",
	},
	"stop": {
		Ja:     "こちらからは送りません。書きたいときは、いつでも書けます。",
		JaEasy: "こちらから 送(おく)りません。いつでも 書(か)けます。",
		En:     "We will not write to you first. You can write any time.",
	},
	"trouble": {
		Ja:     "うまくお答えできませんでした。そのまま書いても、人と話すこともできます。",
		JaEasy: "うまく 答(こた)えられませんでした。人(ひと)と 話(はな)すことが できます。",
		En:     "We could not answer this well. You can write on, or talk with a person.",
	},
	"exit.human":      {Ja: "人と話す", JaEasy: "人(ひと)と話(はな)す", En: "Talk with a person"},
	"exit.end":        {Ja: "ここまで", JaEasy: "ここまで", En: "That is all"},
	"exit.stop":       {Ja: "もう送らないで", JaEasy: "もう送(おく)らないで", En: "Stop writing to me"},
	"exit.back":       {Ja: "もどる", JaEasy: "もどる", En: "Back"},
	"exit.restart":    {Ja: "はじめから", JaEasy: "はじめから", En: "Start again"},
	"exit.lang":       {Ja: "ことば", JaEasy: "ことば", En: "Language"},
	"exit.delete":     {Ja: "消す", JaEasy: "消(け)す", En: "Delete"},
	"exit.delete_now": {Ja: "いま消す", JaEasy: "いま消(け)す", En: "Delete now"},
	"exit.forget":     {Ja: "この話を消す", JaEasy: "この話(はなし)を消(け)す", En: "Delete this talk"},
	"exit.same":       {Ja: "そのままがいい", JaEasy: "そのままが いい", En: "Stay as it was"},
	"exit.bot":        {Ja: "機械の案内にもどる", JaEasy: "機械(きかい)にもどる", En: "Back to the guide"},
	"exit.leave":      {Ja: "やっぱりいい", JaEasy: "やっぱりいい", En: "Never mind"},
	"exit.hide":       {Ja: "見せない", JaEasy: "見(み)せない", En: "Do not show"},
	"exit.show_all":   {Ja: "前の話も見せる", JaEasy: "前(まえ)の話(はなし)も見(み)せる", En: "Show earlier too"},
	"exit.menu":       {Ja: "メニュー", JaEasy: "メニュー", En: "Menu"},
	"exit.privacy":    {Ja: "ここのこと", JaEasy: "ここのこと", En: "About this place"},
	"exit.model_off":  {Ja: "AIを使わない", JaEasy: "AIを使(つか)わない", En: "Do not use AI"},
	"exit.model_on":   {Ja: "AIを使ってもいい", JaEasy: "AIを使(つか)ってもいい", En: "AI may be used"},
	"exit.yes":        {Ja: "はい", JaEasy: "はい", En: "Yes"},
	"exit.no":         {Ja: "いいえ", JaEasy: "いいえ", En: "No"},
	"exit.none":       {Ja: "どれも違う", JaEasy: "どれも ちがう", En: "None of these"},

	"exit.room":  {Ja: "部屋をひらく", JaEasy: "部屋(へや)をひらく", En: "Open the room"},
	"label.room": {Ja: "部屋に入る", JaEasy: "部屋(へや)に入(はい)る", En: "Enter the room"},
	"exit.line":  {Ja: "LINEで話す", JaEasy: "LINEで話(はな)す", En: "Talk in LINE"},
	"room": {
		Ja:     "つづきは、LINEの外の部屋で書けます。",
		JaEasy: "つづきは、LINEの 外(そと)の 部屋(へや)で 書(か)けます。",
		En:     "You can go on writing in a room outside LINE.",
	},
	"room.notice": {Ja: "お返事があります。", JaEasy: "返事(へんじ)が あります。", En: "There is an answer for you."},

	"exit.find":      {Ja: "ほかも見る", JaEasy: "ほかも見(み)る", En: "See others"},
	"exit.go":        {Ja: "行ってみたい", JaEasy: "行(い)ってみたい", En: "I would like to go"},
	"exit.keep":      {Ja: "とっておく", JaEasy: "とっておく", En: "Keep this"},
	"exit.drop":      {Ja: "とっておくのをやめる", JaEasy: "とっておくのを やめる", En: "Do not keep"},
	"exit.with":      {Ja: "一緒に行く人をたのむ", JaEasy: "一緒(いっしょ)に行(い)く人(ひと)", En: "Ask for company"},
	"exit.ask":       {Ja: "聞いてみる", JaEasy: "聞(き)いてみる", En: "Ask a question"},
	"exit.wish":      {Ja: "こういう所がほしい", JaEasy: "こんな所(ところ)が ほしい", En: "I wish for this"},
	"exit.kept":      {Ja: "とっておいたもの", JaEasy: "とっておいたもの", En: "What I kept"},
	"exit.after":     {Ja: "行ったあと、聞いて", JaEasy: "行(い)ったあと、聞(き)いて", En: "Ask me afterwards"},
	"exit.felt":      {Ja: "どうでしたか", JaEasy: "どうでしたか", En: "How was it"},
	"felt.talk-good": {Ja: "話せてよかった", JaEasy: "話(はな)せて よかった", En: "Glad we talked"},
	"felt.talk-more": {Ja: "まだ話したい", JaEasy: "まだ 話(はな)したい", En: "I want to talk more"},
	"felt.talk-not":  {Ja: "合わなかった", JaEasy: "合(あ)わなかった", En: "It was not for me"},
	"exit.post":      {Ja: "会のお知らせ", JaEasy: "会(かい)の お知(し)らせ", En: "News of a group"},
	"find.today":     {Ja: "きょう", JaEasy: "きょう", En: "Today"},
	"find.week":      {Ja: "今週", JaEasy: "今週(こんしゅう)", En: "This week"},
	"find.near":      {Ja: "ちかく", JaEasy: "ちかく", En: "Nearby"},
	"find.online":    {Ja: "オンライン", JaEasy: "オンライン", En: "Online"},
	"find.quiet":     {Ja: "話さなくてOK", JaEasy: "話(はな)さなくてOK", En: "No need to talk"},
	"find.peers":     {Ja: "同じ経験の人", JaEasy: "同(おな)じ経験(けいけん)の人(ひと)", En: "People like me"},
	"find.family":    {Ja: "家族のための", JaEasy: "家族(かぞく)のため", En: "For families"},
	"label.calendar": {Ja: "カレンダーに入れる", JaEasy: "カレンダーに入(い)れる", En: "Add to calendar"},
	"label.share":    {Ja: "ページを見る・見せる", JaEasy: "ページを見(み)る", En: "See or show the page"},

	"label.continue": {Ja: "つづける", JaEasy: "つづける", En: "Continue"},
	"label.call":     {Ja: "電話する", JaEasy: "電話(でんわ)する", En: "Call"},
	"label.look":     {Ja: "くわしく見る", JaEasy: "くわしく見(み)る", En: "See more"},
	"label.staff":    {Ja: "相談員", JaEasy: "相談員(そうだんいん)", En: "a counsellor"},
	"label.place":    {Ja: "前のお話", JaEasy: "前(まえ)の 話(はなし)", En: "our last talk"},
}

// lastResort finds the nearest sentence of our own for a line that is missing.
func lastResort(key string) Phrase {
	if p, ok := resort[key]; ok {
		return p
	}
	head, _, _ := strings.Cut(key, ".")
	switch head {
	case "crisis", "stop", "room":
		return resort[head]
	case "human", "waiting":
		return resort["human"]
	case "joined", "returned", "handback", "closed", "promised", "line", "passed", "same", "paused", "resumed":
		return resort["desk"]
	}
	return resort["trouble"]
}

// ownNames are the languages as their speakers write them.
var ownNames = map[Lang]string{Ja: "日本語", JaEasy: "やさしい日本語", En: "English", Zh: "中文", Ko: "한국어",
	Vi: "Tiếng Việt", Ne: "नेपाली", Tl: "Tagalog", Pt: "Português"}

// OwnName is a language as its speakers write it.
func (l Lang) OwnName() string { return ownNames[l] }
