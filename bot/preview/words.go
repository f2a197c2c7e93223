package preview

// words are what the page itself says, in Japanese and in English. What residents
// read, and what a check says of a file, stays in the language in which it is written.
var words = map[string][2]string{
	"title":     {"ことばの下見", "Trying the words out"},
	"folder":    {"を見ています。保存すると、すぐここに出ます。", "is what you see. What you save shows here at once."},
	"inforce":   {"いま住民に出ていることばです。画面で直したものも入っています。ここで話しても、だれにも届かず、何も残りません。", "The words that residents see now, with what was put right in the console. What you say here reaches nobody, and nothing is kept."},
	"back":      {"相談員の画面へもどる", "Back to the console"},
	"panes":     {"見るところ", "What to look at"},
	"words":     {"ことば", "Words"},
	"phone":     {"電話", "Phone"},
	"map":       {"地図", "Map"},
	"offline":   {"つなぎ直しています。直したものは消えません。", "Connecting again. What you have changed is not lost."},
	"faults":    {"直すところがあります。電話は、その前のことばで動いています。", "Something must be put right. The phone still speaks the words of before."},
	"views":     {"見かた", "How to look"},
	"viewset":   {"見かたを変える", "Look at it otherwise"},
	"lang":      {"ことば", "Language"},
	"staff":     {"相談員", "Coordinators"},
	"bytime":    {"時間のとおり", "as the hours say"},
	"here":      {"いる", "here"},
	"away":      {"いない", "away"},
	"clock":     {"時計", "Clock"},
	"today":     {"いまにもどす", "Back to now"},
	"pc":        {"PC(下のボタンなし)", "PC (no buttons below)"},
	"typed":     {"ボタンを文字で", "Buttons as words"},
	"large":     {"大きな文字", "Large type"},
	"restart":   {"はじめから話す", "Begin anew"},
	"files":     {"ファイル", "Files"},
	"sheet":     {"ファイルの中身", "What the file says"},
	"resident":  {"住む人の電話", "A resident's phone"},
	"aloud":     {"読み上げの順", "Order of reading aloud"},
	"aloudsaid": {"画面を読み上げるソフトは、この順に読みます。", "A screen reader reads in this order."},
	"why":       {"こう答えたわけ", "Why it answers so"},
	"mapwide":   {"地図の広さ", "How much of the map"},
	"mapone":    {"この流れ", "This flow"},
	"mapall":    {"ぜんぶ", "All"},
	"mapgo":     {"四角を押すと、電話がそこへ行きます。", "Tap a box and the phone goes there."},
	"mapof":     {"流れの地図", "Map of the flows"},
	"noscript":  {"この画面にはJavaScriptが要ります。", "This page needs JavaScript."},
	"nofile":    {"この名前のファイルはありません。", "There is no file of this name."},
	"noticed":   {"気づいたこと ", "Noticed: "},
	"at":        {"{line}行目 {col}文字目", "line {line}, column {col}"},
	"as":        {"いま　: ", "is:        "},
	"should":    {"正しく: ", "should be: "},
	"refused":   {"LINEが受けとりません。", "LINE does not take it: "},
	"running":   {"試しと証明をしています。", "Playing the tests and proving."},
	"well":      {"試しも証明も通っています。気づいたこと {n}。", "Tests and proof pass. {n} noticed."},
	"bad":       {"直すところ {bad}。気づいたこと {n}。", "{bad} to put right. {n} noticed."},
	"took":      {"読むのに {s}秒。", "Read in {s} s."},
	"look":      {"直すところを見る({n})", "See what to put right ({n})"},
	"open":      {"相談員がいる時間です。", "A coordinator is here at this hour."},
	"shut":      {"相談員はいない時間です。", "Nobody is here at this hour."},
	"waiting":   {" 話は順番を待っています。", " The talk waits in the line."},
	"human":     {" 人が受けもっています。", " A person has the talk."},
}

// said are the words of the page in one language.
func said(english bool) map[string]string {
	out := map[string]string{"code": "ja"}
	for key, both := range words {
		out[key] = both[0]
		if english {
			out[key] = both[1]
		}
	}
	if english {
		out["code"] = "en"
	}
	return out
}
