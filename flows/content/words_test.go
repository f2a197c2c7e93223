package content_test

import (
	"testing"

	"engawa/flows"
	"engawa/flows/understand"
)

// cries are what people in danger may type; none was copied from anybody.
var cries = []struct {
	text    string
	urgency flows.Urgency
	level   flows.Level
}{
	{"死にたい", flows.Life, flows.Clear},
	{"もう しにたい です", flows.Life, flows.Clear},
	{"シニタイ", flows.Life, flows.Clear},
	{"ｼﾆﾀｲ", flows.Life, flows.Clear},
	{"し に た い", flows.Life, flows.Clear},
	{"しにたぁーーーい", flows.Life, flows.Clear},
	{"死 に た い", flows.Life, flows.Clear},
	{"死にたいいいい", flows.Life, flows.Clear},
	{"タヒにたい", flows.Life, flows.Clear},
	{"氏にたい", flows.Life, flows.Clear},
	{"shinitai", flows.Life, flows.Clear},
	{"死ぬほど眠い。でも、ほんとうに死にたい", flows.Life, flows.Clear},
	{"生きていたくありません", flows.Life, flows.Clear},
	{"死んだほうがましだと毎日思います", flows.Life, flows.Clear},
	{"遺書を書きました", flows.Life, flows.Clear},
	{"薬をたくさん飲んでしまいました", flows.Life, flows.Clear},
	{"この子と死のうと思っています", flows.Life, flows.Clear},
	{"もう消えたい。別に今すぐじゃないけど", flows.Life, flows.Worry},
	{"生きるのに疲れました", flows.Life, flows.Worry},
	{"朝が来なければいいのにと思う", flows.Life, flows.Worry},
	{"リスカがやめられない", flows.Life, flows.Worry},
	{"夫に殴られました", flows.Violence, flows.Clear},
	{"おとうさんに たたかれる", flows.Violence, flows.Clear},
	{"帰りたくない。たたかれるから", flows.Violence, flows.Clear},
	{"殺されそうです", flows.Violence, flows.Clear},
	{"さっき強く叩いてしまった。こわい", flows.Violence, flows.Clear},
	{"介護してる父にきつい言葉ばかり。手も出そう", flows.Violence, flows.Worry},
	{"夫のスマホチェックがあるので、この会話はあとで消します", flows.Violence, flows.Worry},
	{"ずっと泣いてて、私も泣いてる。落としそうで怖い", flows.Violence, flows.Worry},
	{"隣から悲鳴が聞こえます", flows.Violence, flows.Worry},
	{"息ができない", flows.Medical, flows.Clear},
	{"母が倒れました。呼んでも返事がない", flows.Medical, flows.Clear},
	{"ちがとまらない", flows.Medical, flows.Clear},
	{"3日何も食べてないです", flows.Medical, flows.Worry},
	{"新聞が3日たまってる部屋があります", flows.Medical, flows.Worry},
	{"I want to die", flows.Life, flows.Clear},
	{"i don't want to be here anymore", flows.Life, flows.Clear},
	{"my husband hits me", flows.Violence, flows.Clear},
	{"I can’t breathe", flows.Medical, flows.Clear},
	{"everyone is better off without me", flows.Life, flows.Worry},
	{"我不想活了", flows.Life, flows.Clear},
	{"老公打我", flows.Violence, flows.Clear},
	{"죽고 싶어요", flows.Life, flows.Clear},
	{"숨을 못 쉬겠어요", flows.Medical, flows.Clear},
	{"Tôi muốn chết", flows.Life, flows.Clear},
	{"toi khong muon song nua", flows.Life, flows.Clear},
	{"मलाई मर्न मन लाग्छ", flows.Life, flows.Clear},
	{"gusto ko nang mamatay", flows.Life, flows.Clear},
	{"sinasaktan niya ako", flows.Violence, flows.Clear},
	{"eu quero morrer", flows.Life, flows.Clear},
	{"não consigo respirar", flows.Medical, flows.Clear},
}

// calm are texts that only look like one.
var calm = []string{
	"死ぬほど眠い", "死ぬほど笑った", "笑い死ぬ", "宿題で死ぬ", "暑くて死にそう", "お腹すいて死にそう", "推しが尊すぎて死ぬ",
	"恥ずかしくて死にたいくらいだった", "死にたくないです", "引っ越しにたいへんお金がかかった", "わたしにたいする態度", "話にたいくつした",
	"蚊に刺された", "肩を叩かれて振り向いた", "DVDを借りたい", "助けられました。ありがとう", "包丁で野菜を切るのが苦手", "愛に溺れて",
	"笑いすぎて息ができない", "救急車のおもちゃがほしい", "アプリのデータを消したい", "この会話を消したい", "電気が消えた",
	"家賃がもう無理", "仕事やめたい", "学校に行きたくない", "眠れない", "さみしい", "疲れた", "もうだめかも", "楽になる方法はありますか",
	"母が10年前に亡くなりました", "子どもが熱を出しました", "足をつりました", "首が痛い", "リスカバリーという会社", "心中お察しします",
	"I'm dying to see that film", "hit me up later", "this is killing my budget", "I have to die laughing",
	"想死你了", "给我打电话", "打我手机", "배고파 죽겠어요", "mệt muốn chết", "quero morrer de rir",
}

func TestACryForHelpIsSeenWhateverItsSpelling(t *testing.T) {
	r := understand.New(bundle(t))
	for _, c := range cries {
		got := r.Read(c.text, understand.Here{})
		if got.Urgency != c.urgency || got.Level != c.level {
			t.Errorf("%q: got %q %q by %v, want %q %q", c.text, got.Urgency, got.Level, got.Rules, c.urgency, c.level)
		}
	}
}

func TestWhatOnlyLooksLikeACryStaysCalm(t *testing.T) {
	r := understand.New(bundle(t))
	for _, text := range calm {
		if got := r.Read(text, understand.Here{}); got.Urgency != flows.NoUrgency {
			t.Errorf("%q: got %q %q by %v", text, got.Urgency, got.Level, got.Rules)
		}
	}
}

// A wasp's sting is no violence, and may well be an emergency: what calms a rule of one
// danger must not silence another.
func TestWhatCalmsOneDangerSilencesNoOther(t *testing.T) {
	r := understand.New(bundle(t))
	for _, text := range []string{"蜂に刺されて、体じゅう腫れて息苦しい", "당뇨 주사 무서워서 일주일 안 맞았어요 계속 토하고 입에서 이상한 냄새 난대요"} {
		if got := r.Read(text, understand.Here{}); got.Urgency != flows.Medical {
			t.Errorf("%q: got %q by %v, want medical", text, got.Urgency, got.Rules)
		}
	}
}

func TestTypedWaysOutAreRead(t *testing.T) {
	r := understand.New(bundle(t))
	for text, want := range map[string]flows.Exit{
		"人と話したいです": flows.ExHuman, "たすけて": flows.ExHuman, "相談員お願いします": flows.ExHuman, "talk to a human": flows.ExHuman,
		"やめる": flows.ExEnd, "もう送らないでください": flows.ExStop, "止めて": flows.ExStop, "stop": flows.ExStop,
		"全部消して": flows.ExDelete, "この話を消して": flows.ExForget, "戻る": flows.ExBack, "最初から": flows.ExRestart,
		"中文": flows.ExLang, "やさしい日本語で": flows.ExLang, "メニュー": flows.ExMenu, "だれが読むの": flows.ExPrivacy,
		"やっぱりいいです": flows.ExLeave, "转人工": flows.ExHuman, "상담원": flows.ExHuman, "apagar tudo": flows.ExDelete,
		"消したい過去がある": flows.NoExit, "人と話すのがこわい": flows.NoExit, "やめたいのに仕事をやめられない": flows.NoExit,
	} {
		if got := r.Read(text, understand.Here{}).Exit; got != want {
			t.Errorf("%q: got exit %q, want %q", text, got, want)
		}
	}
}

func TestNoWordIsTwoWaysOut(t *testing.T) {
	b := bundle(t)
	owner := map[string]flows.Exit{}
	for exit, says := range b.Words.Exits {
		for _, s := range says {
			if other, taken := owner[s]; taken && other != exit {
				t.Errorf("%q means both %q and %q", s, other, exit)
			}
			owner[s] = exit
		}
	}
}

func TestEveryRuleSaysWhy(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range bundle(t).Words.Urgent {
		if r.Reason == "" || seen[r.ID] {
			t.Errorf("rule %s has no reason of its own", r.ID)
		}
		seen[r.ID] = true
	}
	if len(seen) < 40 {
		t.Errorf("got %d rules", len(seen))
	}
}

func TestSayingsFindTheirDoor(t *testing.T) {
	b := bundle(t)
	r := understand.New(b)
	for text, want := range map[string]flows.FlowID{
		"家賃払えないかも": "okane", "電気が止まりそうで怖い": "okane", "誰かと話したいな": "hanashi", "居場所ほしい": "ibasho",
		"静かに座っていられる所": "ibasho", "I can't pay my rent this month": "okane", "I just want to talk to somebody": "hanashi",
	} {
		got := r.Read(text, understand.Here{})
		if len(got.Topics) == 0 || got.Topics[0].Flow != want {
			t.Errorf("%q: got %v, want %s first", text, got.Topics, want)
		}
	}
}
