package backup

import (
	_ "embed"
	"strings"

	"salonkeep/backup/point"
)

//go:embed howto.en.txt
var howToEnglish string

//go:embed howto.zh-CN.txt
var howToChinese string

// Commands are the four commands that open the restore point in folder dir
// with stock tools and the kit file kit, into the current folder.
func Commands(kit, dir string) []string {
	return []string{
		"age -d -i " + kit + " -o salon.db.zst " + dir + "/" + point.DatabaseFile,
		"zstd -d salon.db.zst",
		`sqlite3 salon.db "PRAGMA integrity_check"`,
		`sqlite3 salon.db ".tables"`,
	}
}

// howTo is the text of HOW-TO-RESTORE.txt in the given language.
func howTo(language string) []byte {
	text := howToEnglish
	if language == "zh-CN" {
		text = howToChinese
	}
	commands := "    " + strings.Join(Commands("KIT.txt", point.Folder+"/POINT"), "\n    ")
	return []byte(strings.ReplaceAll(text, "{commands}", commands))
}
