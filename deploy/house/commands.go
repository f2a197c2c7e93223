package house

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// commands is the whole command line; each help says it in Japanese, then in English.
type commands struct {
	Serve       serveCmd       `cmd:"" help:"本番で動かす（設定は環境変数。deploy/example.env を見る） / run in production; settings come from the environment"`
	Demo        demoCmd        `cmd:"" help:"この機械だけで試す。Redis も LINE もいらない。何も残らない / try the whole house here, nothing is kept"`
	Check       checkCmd       `cmd:"" help:"ことばと設定を調べる / check content and configuration"`
	Preview     previewCmd     `cmd:"" help:"書きながら見る: 左にことば、中に電話、右に地図。保存するとすぐ出る / see the words while writing them"`
	Publish     publishCmd     `cmd:"" help:"ことばを公開する。--recall でひとつ前にもどす / put the content in force; --recall takes it back"`
	Content     contentCmd     `cmd:"" help:"ことばのフォルダーを作る・画面で直したことばを書きもどす / begin a folder of words, take back what was put right in the console"`
	Play        playCmd        `cmd:"" help:"端末で対話してみる / talk to the dialogue in the terminal"`
	Understand  understandCmd  `cmd:"" help:"JSON の行を読み、読み取ったことを書く / read JSON lines {\"id\",\"text\"}, write what was understood"`
	Coordinator coordinatorCmd `cmd:"" help:"相談員のアカウント / coordinators' accounts"`
	Replay      replayCmd      `cmd:"" help:"日誌のとおりにもう一度たどり、同じになるか調べる / take every turn of the journal again"`
	Forget      forgetCmd      `cmd:"" help:"ひとりのことばを消す / destroy what is kept of one person"`
	Ledger      ledgerCmd      `cmd:"" help:"受けとった数と、その行き先 / what was received and what became of it"`
	Asked       askedCmd       `cmd:"" help:"この7日に言語モデルへ聞いたことと、その答え（名前などはかくしてある） / what the language model was asked in the last seven days, as it left the house"`
	Backup      backupCmd      `cmd:"" help:"データを1つのファイルに取る。動かしたまま取れる / take the data into one file while the house runs"`
	Restore     restoreCmd     `cmd:"" help:"空のデータの置き場所に、backup のファイルから戻す / put a backup into an empty store"`
	Setup       setupCmd       `cmd:"" help:"LINE のチャネルをつなぎ、人がすることを言い、QRコードを作る / connect the channel, say what is left by hand, make the QR code"`
	Richmenu    richmenuCmd    `cmd:"" help:"LINE の絵のメニュー / the picture menu under the talk"`
	Notice      noticeCmd      `cmd:"" help:"「きょうは人がいません」と災害の切りかえ / the switches: nobody here today, disaster"`
	Contacts    contactsCmd    `cmd:"" help:"電話番号の一覧のページを、ひとつのファイルに書く（市のサイトに置く） / write the static page of contacts into one file"`
	Privacy     privacyCmd     `cmd:"" help:"「ここのこと」のページ（だれが読み、何がいつまで残るか）を、ひとつのファイルに書く / write the privacy page into one file"`
	Catalogue   catalogueCmd   `cmd:"" help:"居場所やもよおしの一覧を、CSV や JSON で調べる・書き出す・入れる / check, export or import the catalogue"`
	Doctor      doctorCmd      `cmd:"" help:"本番の前に、つながりと約束を調べる / check connections and which promises are in force"`
	Healthz     healthzCmd     `cmd:"" help:"動いているかを、となりからたずねる（入れ物の見守り用） / ask the running process how it is, for containers"`
	Keygen      keygenCmd      `cmd:"" help:"親鍵をひとつ作る / make a master key"`
	SBOM        sbomCmd        `cmd:"" name:"sbom" help:"中に入っている部品の一覧（CycloneDX） / the parts of this program, as CycloneDX JSON"`
	Licences    licencesCmd    `cmd:"" help:"部品と、その使用許諾 / the parts and their licences"`
	Version     versionCmd     `cmd:"" help:"版を表示する / show the version"`
}

// errSaid is a failure that has told its story already.
var errSaid = errors.New("said")

// Run parses the arguments and runs one command. It returns the exit code.
func Run(ctx context.Context, args []string) int {
	var c commands
	parser, err := kong.New(&c,
		kong.Name("engawa"),
		kong.Description("縁側 — 住民の LINE の入口 / a LINE front door for the residents of a municipality"),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		parser.FatalIfErrorf(err)
		return 2
	}
	if err := k.Run(); err != nil {
		if !errors.Is(err, errSaid) {
			fmt.Fprintln(os.Stderr, "engawa:", err)
		}
		return 1
	}
	return 0
}

type versionCmd struct{}

// Run prints what this binary was built from.
func (versionCmd) Run() error {
	fmt.Println("engawa", version())
	return nil
}

// version is the module version or the commit, as the Go tool recorded it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	rev, dirty := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			rev = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				dirty = "+"
			}
		}
	}
	if len(rev) > 12 {
		rev = rev[:12]
	}
	if rev == "" {
		rev = "dev"
	}
	return rev + dirty + " " + info.GoVersion
}
