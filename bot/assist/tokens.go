package assist

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// fact is a kind of word that a rewriting must keep. Different spellings of the
// same thing share a name; what stands earlier in the table is read first, so
// 「なければなりません」 is a duty and no negation.
type fact struct {
	name  string
	words string // alternatives, longest first where one begins another
}

// facts are read from left to right, without overlapping. A name of "-" is read and
// means nothing: it only keeps the words inside from being taken for something else.
var facts = []fact{
	{"free", `無料|お金はかかりません|お金はいりません|お金がかかりません|お金がいりません|ただです|ただで|0円|タダ`},
	{"paid", `有料|お金がかかります|お金がいります|お金が必要`},
	{"duty", `なければなりません|なければならない|なければいけません|なければいけない|なくてはなりません|なくてはいけません|ないといけません|ないといけない|必要があります|必要です|要ります|いります|が必要`},
	{"noneed", `必要はありません|必要ありません|必要がありません|不要です|不要|いりません|要りません|なくてもいいです|なくても大丈夫|なくてよい|なくていいです|なくても構いません|なくてもかまいません`},
	{"may", `てもいいです|てもよいです|ても大丈夫です|ても構いません|てもかまいません`},
	{"maybe", `かもしれません|かもしれない|かも知れません`},
	{"invite", `ませんか`},
	{"-", `すみません|少なくない|少ない|危ない|間違いない|もったいない|しかたない|ではありませんか|つらくない(?:です)?か|だけでなく|でなく|何でも|いつでも|どこでも|だれでも|誰でも|どなたでも|それから|ですから|だから|これから|まずは|はずです|必ずしも|まで(?:お|ご)(?:電話|連絡|越し)|たいへん|ありがとうございます|ございます|おはよう|しばらく|ならび|やすみなさい`},
	{"except", `以外|を除いて|をのぞいて|を除き|のほかは`},
	{"only", `だけ|のみ|しか`},
	{"forbid", `禁止|してはいけません|てはいけません|だめです|できかねます`},
	{"cannot", `できません|できない|出来ません|られません|れません|えません|けません|めません|べません|せません|いただけません`},
	{"not", `ありません|ませんでした|ません|なかった|ないで|なく|なければ|ない|なし|ずに|ぬ|未|不可|非`},
	{"or more", `以上`}, {"or less", `以下`}, {"under", `未満`}, {"over", `を超え|をこえ|超える`}, {"within", `以内`},
	{"until", `までに|まで`}, {"from", `から|より`}, {"before", `前|まえ`}, {"after", `後|あと`},
	{"if", `もし|場合|ときは|とき|時は|たら|れば|なら|際|限り`},
	{"am", `午前`}, {"pm", `午後`}, {"noon", `正午`}, {"morning", `朝`}, {"night", `夜|夜間|晩`},
	{"monday", `月曜日?`}, {"tuesday", `火曜日?`}, {"wednesday", `水曜日?`}, {"thursday", `木曜日?`}, {"friday", `金曜日?`}, {"saturday", `土曜日?`}, {"sunday", `日曜日?`},
	{"weekday", `平日`}, {"weekend", `土日|週末`}, {"holiday", `祝日|祭日|休日`}, {"shut", `休み|休館|休業|閉館|閉店|閉ま|閉め|しま(?:って|り)ま?`}, {"open", `開いて|開き|開館|あいて(?:い)?ます`},
	{"daily", `毎日`}, {"weekly", `毎週`}, {"monthly", `毎月`}, {"yearly", `毎年`}, {"today", `今日|本日`}, {"tomorrow", `明日|あした`}, {"yesterday", `昨日|きのう`}, {"nextweek", `来週`}, {"thisweek", `今週`}, {"nextmonth", `来月`}, {"thismonth", `今月`},
	{"first", `はじめて|初めて|最初`}, {"last", `最後|最終`},
	{"booking", `予約|申し込み|申込み?`}, {"anonymous", `匿名|名前を言わ|名前を言い|お名前はいりません`}, {"secret", `秘密|ひみつ`},
	{"adult", `大人|成人`}, {"child", `子ども|こども|子供`}, {"woman", `女性|女の人`}, {"man", `男性|男の人`}, {"family", `家族`},
	{"up", `上が|増え|ふえ`}, {"down", `下が|減り|減る|へり|へる`}, {"left", `左`}, {"right", `右`}, {"north", `北`}, {"south", `南`}, {"east", `東`}, {"west", `西`},
	{"pay", `払い|払う|支払`}, {"get", `もらえ|受け取|受けとり|受け取れ`}, {"lend", `貸し|貸す|借り`}, {"return", `返し|返す|返済`},
	{"can", `できます|できる|られます|れます|えます|けます|めます|べます|せます|いただけます`},
}

// number with what is counted; alike units share a spelling.
var (
	linkToken  = regexp.MustCompile(`(?i)(?:https?://|www\.)[!-~]+|[a-z0-9._%+\-]+@[a-z0-9.\-]+|[a-z0-9\-]+\.(?:com|net|org|jp|info|io)[!-~]*`)
	phoneToken = regexp.MustCompile(`[0-9]{2,5}-[0-9]{1,4}-[0-9]{3,4}|#[0-9]{3,5}|[0-9]{9,}`)
	clockToken = regexp.MustCompile(`([0-9]{1,2}):([0-9]{2})`)
	halfToken  = regexp.MustCompile(`([0-9]{1,2})時半`)
	countToken = regexp.MustCompile(`[0-9]+(?:[.,][0-9]+)*(?:[万億千百][0-9]*)*(?:時間|時|日間|日|分間|分|秒|年間|年度|年|か月|ヶ月|カ月|ヵ月|箇月|月|週間|週|円|歳|才|人|名|回|度|階|番|号|丁目|割|%|パーセント|倍|つ|個|枚|本|件|通|点|世帯|メートル|キロ|km|m|kg|g)?`)
	hanNumber  = regexp.MustCompile(`([一二三四五六七八九十百千]+)(時間|時|日間|日|分|年|か月|ヶ月|月|週間|円|歳|人|名|回|階|番|号|丁目|割|つ|個|枚|本|件|万円|度)`)
	factToken  *regexp.Regexp
)

var sameUnit = map[string]string{"日間": "日", "分間": "分", "年間": "年", "ヶ月": "か月", "カ月": "か月", "ヵ月": "か月", "箇月": "か月", "週": "週間", "才": "歳", "名": "人", "パーセント": "%", "タダ": "無料"}

func init() {
	alternatives := []string{`[\x{E000}-\x{F8FF}]`}
	for _, f := range facts {
		alternatives = append(alternatives, f.words)
	}
	factToken = regexp.MustCompile(strings.Join(alternatives, "|"))
}

// factNames remembers which fact a word belongs to; there are only so many words.
var factNames sync.Map

// factOf names the first fact whose words are exactly these.
func factOf(word string) string {
	if name, ok := factNames.Load(word); ok {
		return name.(string)
	}
	for _, f := range facts {
		if regexp.MustCompile(`^(?:` + f.words + `)$`).MatchString(word) {
			factNames.Store(word, f.name)
			return f.name
		}
	}
	return "-"
}

// tokens lists what a rewriting must keep, in its order: who swaps two of them has
// said something else. Order costs some good rewritings and catches every swap.
func tokens(s string) []string {
	var found []string
	keep := func(token string) string { // a mark keeps the place
		found = append(found, token)
		return string(rune(0xE000 + len(found) - 1)) //#nosec G115 -- a text has at most a few thousand tokens
	}
	take := func(re *regexp.Regexp, kind string) {
		s = re.ReplaceAllStringFunc(s, func(m string) string { return keep(kind + ":" + strings.ToLower(m)) })
	}
	take(linkToken, "link")
	take(phoneToken, "telephone number")
	s = clockToken.ReplaceAllStringFunc(s, func(m string) string {
		h, minute, _ := strings.Cut(m, ":")
		if minute == "00" {
			return h + "時"
		}
		return h + "時" + minute + "分"
	})
	s = halfToken.ReplaceAllString(s, "${1}時30分")
	s = hanNumber.ReplaceAllStringFunc(s, func(m string) string {
		p := hanNumber.FindStringSubmatch(m)
		return strconv.Itoa(fromHan(p[1])) + p[2]
	})
	s = countToken.ReplaceAllStringFunc(s, func(m string) string { return keep("number:" + sameNumber(m)) })
	var out []string
	for _, m := range factToken.FindAllString(s, -1) {
		if r, _ := utf8.DecodeRuneInString(m); r >= 0xE000 && r <= 0xF8FF {
			out = append(out, found[r-0xE000])
		} else if name := factOf(m); name != "-" {
			out = append(out, "word:"+name)
		}
	}
	return out
}

// sameNumber writes equal amounts alike.
func sameNumber(m string) string {
	end := 0
	for i, r := range m {
		if r >= '0' && r <= '9' || strings.ContainsRune("万億千百", r) {
			end = i + utf8.RuneLen(r)
		}
	}
	n, unit := m[:end], m[end:]
	if v, ok := myriad(n); ok {
		n = v
	}
	n = strings.TrimLeft(strings.ReplaceAll(n, ",", ""), "0")
	if n == "" {
		n = "0"
	}
	if u, ok := sameUnit[unit]; ok {
		unit = u
	}
	return n + unit
}

// fromHan reads 十二, 二十, 三.
func fromHan(s string) int {
	total, digit := 0, 0
	for _, r := range s {
		switch r {
		case '十', '百', '千':
			unit := map[rune]int{'十': 10, '百': 100, '千': 1000}[r]
			total += max(digit, 1) * unit
			digit = 0
		default:
			digit = strings.IndexRune("一二三四五六七八九", r)/3 + 1
		}
	}
	return total + digit
}
