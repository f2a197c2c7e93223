package prove

import (
	"regexp"
	"strings"
	"unicode"

	"engawa/flows"
)

// banned are the words that no house says to a resident, whatever its own list:
// words of the profession, words that push, words that rank people.
var banned = []string{"アセスメント", "インテーク", "支援プラン", "社会資源", "重層的", "圏域", "対象者", "困難ケース", "つなぎ先", "該当なし",
	"頑張って", "がんばって", "頑張りましょう", "がんばりましょう", "自己責任", "すべきです", "べきでした", "してあげ", "引きこもりの人",
	"診断", "大丈夫ですよ", "ご相談内容", "選択してください", "無効な", "専門機関にご相談ください", "解決しましたか"}

// foreign are the same in the other languages, lower case.
var foreign = map[flows.Lang][]string{
	flows.En: {"invalid", "you should have", "your own fault", "cheer up", "not eligible", "diagnos", "guarantee", "case worker assessment"},
}

var (
	promises = regexp.MustCompile(`必ず(?:もらえ|受けられ|解決|よくな|治|助か|できま|[^し])|かならず(?:もらえ|うけられ|よくな|たすか)|絶対|ぜったい|保証|100[%％]`)
	blames   = regexp.MustCompile(`(?:なぜ|どうして|なんで)[^。]{0,20}(?:なかった|ませんでした|した)(?:の|ん)?です?か|もっと早く|あなたの?せい|あなたが悪い|甘え(?:です|ている)|わがまま(?:です|を言)|なまけ(?:ている|です)`)
	aboutYou = regexp.MustCompile(`(?:お?名前|氏名|住所|電話番号|生年月日|年齢|性別|マイナンバー|個人番号|学校名|会社名|勤め先)(?:と[^。、]{1,8})?(?:を|は|、)?[^。、「」]{0,8}(?:教えて|聞かせて|書いて(?:もら|くだ|いただ)|入力|記入|何です|なんです|どこです)|おいくつです|何歳です|どこに(?:住んで|お住まい)|お住まいはどこ|家族構成|収入はいくら`)
	roles    = regexp.MustCompile(`奥さん|奥様|ご主人|旦那|主婦|女性らし|男なら|母親なら|父親なら|お母さんなのに|普通は|ふつうは`)
	method   = regexp.MustCompile(`(?:どうやって|どんな方法|どのような方法|方法は|手段は|道具は)[^。]{0,20}か`)
	asks     = regexp.MustCompile(`か(?:。|？|\?|$)|？|\?`)
	lastCall = regexp.MustCompile(`[0-9]{3,}(?:番)?(?:へ|に|まで)?(?:電話|でんわ)?(?:を|して)?(?:ください|どうぞ)?$`)
	quotes   = regexp.MustCompile(`「[^」]*」`)
)

// tone reads a sentence as somebody tired would.
func (c *checker) tone(s *said, l flows.Lang, text string) {
	bad := func(sev Severity, why, fix string) {
		c.find(Finding{Property: "tone", Severity: sev, Key: s.key, Lang: l, Why: why, Fix: fix})
	}
	if l != flows.Ja && l != flows.JaEasy {
		low := strings.ToLower(text)
		for _, w := range foreign[l] {
			if strings.Contains(low, w) {
				bad(Error, "「"+w+"」は、住民には使わないことばです。", "ほかの言い方にします。")
			}
		}
		return
	}
	text = plain(text)
	for _, list := range [][]string{banned, c.opt.Banned} {
		for _, w := range list {
			if w != "" && strings.Contains(text, w) {
				bad(Error, "「"+w+"」は、住民には使わないことばです。", "ふだんのことばに言いかえます。")
			}
		}
	}
	if w := promises.FindString(text); w != "" && !strings.Contains(text, "必ずしも") {
		bad(Error, "「"+w+"」は、約束しすぎです。約束できないことは言いません。", "「〜ことがあります」「〜できることもあります」にします。")
	}
	if w := blames.FindString(text); w != "" {
		bad(Error, "「"+w+"」は、責めているように読めます。", "わけを聞かずに、いまのことから始めます。")
	}
	if w := roles.FindString(text); w != "" {
		bad(Warning, "「"+w+"」は、性別や家族の役目を決めつけて読まれることがあります。", "だれにもあてはまる言い方にします。")
	}
	c.manner(s, text, bad)
}

// manner: one question at a time, nothing asked that the house need not know, a calm voice.
func (c *checker) manner(s *said, text string, bad func(Severity, string, string)) {
	if s.form != bubble {
		return
	}
	unquoted := quotes.ReplaceAllString(text, "")
	if q := aboutYou.FindString(unquoted); q != "" {
		bad(Warning, "「"+q+"」と、その人がだれかを聞いています。", "聞かずにすむ形にします。要るときは、人が、わけを言って聞きます。")
	}
	if n := len(asks.FindAllString(unquoted, -1)); n > 1 {
		bad(Warning, "ひとつのふきだしで "+num(n)+"つ聞いています。", "聞くのは一度にひとつにします。")
	}
	if strings.ContainsAny(text, "!！") {
		bad(Warning, "「！」は、大きな声に聞こえます。", "「。」にします。")
	}
	for _, r := range text {
		if unicode.Is(unicode.So, r) && r != '🌿' {
			bad(Warning, "絵文字「"+string(r)+"」があります。機械の絵文字は、あいさつの葉だけです。", "消します。")
			break
		}
	}
	c.inDanger(s, text, bad)
}

// inDanger: the crisis answer never asks how, and never ends with a number.
func (c *checker) inDanger(s *said, text string, bad func(Severity, string, string)) {
	if !strings.HasPrefix(s.key, "line/crisis.") && !strings.HasPrefix(s.key, "line/worry.") {
		return
	}
	if w := method.FindString(text); w != "" {
		bad(Error, "「"+w+"」と、方法を聞いています。", "方法は聞きません。")
	}
	if !strings.HasPrefix(s.key, "line/crisis.") {
		return
	}
	if !c.lastBubble(s) {
		return
	}
	if all := sentencesOf(text); len(all) > 0 && lastCall.MatchString(all[len(all)-1]) {
		bad(Error, "助けを求める声への答えが、番号で終わっています。", "番号のあとに、ここにいてよいことを書きます。")
	}
}

// lastBubble says whether a sentence is the last of its line.
func (c *checker) lastBubble(s *said) bool {
	rest, isLine := strings.CutPrefix(s.key, "line/")
	key, place, _ := strings.Cut(rest, "/")
	return isLine && place == num(len(c.b.Lines[key]))
}

// plain takes the readings and the spaces between words out of plain Japanese.
func plain(text string) string {
	return spaces.ReplaceAllString(readings.ReplaceAllString(text, ""), "")
}

var (
	readings = regexp.MustCompile(`[(（][ぁ-んー・ 　]+[)）]`)
	spaces   = regexp.MustCompile(`[ 　]+`)
)
