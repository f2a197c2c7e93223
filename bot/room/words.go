package room

// plain are the words of the pages for a city whose content has none: the pages
// must never stand without words.
var plain = map[string]string{
	"room.page.title": "お知らせ", "room.page.lead": "下のボタンを押すと、つづきがひらきます。", "room.page.enter": "ひらく",
	"room.page.quit": "すぐ閉じる", "room.page.quitted": "閉じました。", "room.page.write": "ここに書けます", "room.page.send": "送る",
	"room.page.you": "あなた", "room.page.withdraw": "取り消す", "room.page.withdrawn": "取り消しました", "room.page.more": "ほかのこと",
	"room.page.others": "ほかの画面を閉じる", "room.page.reload": "新しくする",
	"room.page.again":       "もう一度ひらくには、LINEのトークで「部屋をひらく」と書きます。新しいボタンが出ます。",
	"room.page.trouble":     "うまく送れませんでした。書いたことばは、下に残っています。もう一度「送る」を押せます。",
	"room.page.often":       "つづけて何度も届いたので、少しお休みしています。書いたことばは、下に残っています。",
	"room.page.over.link":   "このボタンは、もう使えません。",
	"room.page.over.idle":   "しばらく使われなかったので、この画面は閉じました。",
	"room.page.over.line":   "この画面は閉じました。お返事は、LINEに届きます。",
	"room.page.over.forget": "今回の話を消しました。この画面も閉じました。",
	"room.page.over.gone":   "書いたことばを、すべて消しました。この画面も閉じました。",
	"room.page.over.others": "この画面は、ほかの画面から閉じられました。",
	"sender.machine":        "縁側(機械)", "sender.human": "相談員 {staff}",
}
