package ingest

import "salonkeep/store/salon"

// demoService is a service of the invented salon in both languages of the
// pages. skill names who does it.
type demoService struct {
	code, en, zh, category, skill string
	cents                         int64
	minutes                       int
	weight                        int // how often it is booked
}

func demoServices() []demoService {
	return []demoService{
		{"CUT", "Cut & finish", "剪发造型", "Hair", "hair", 6800, 60, 30},
		{"CUTM", "Men's cut", "男士剪发", "Hair", "hair", 4200, 30, 26},
		{"CUTC", "Children's cut", "儿童剪发", "Hair", "hair", 3200, 30, 8},
		{"FRI", "Fringe trim", "修刘海", "Hair", "hair", 1500, 15, 5},
		{"BLOW", "Blow-dry", "洗吹", "Hair", "hair", 4500, 45, 18},
		{"BLOW6", "Blow-dry bundle 5+1", "洗吹套餐 5+1", "Hair", "hair", 22500, 45, 2},
		{"UPDO", "Occasion updo", "盘发", "Hair", "hair", 9800, 75, 3},
		{"FADE", "Skin fade", "渐变推剪", "Hair", "hair", 4800, 45, 10},
		{"SMOOTH", "Smoothing treatment", "柔顺护理", "Hair", "hair", 26000, 150, 2},
		{"MASK", "Repair mask", "修护发膜", "Hair", "hair", 3500, 30, 6},
		{"EXT", "Hair extensions", "接发", "Hair", "colour", 0, 120, 1},
		{"ROOT", "Root touch-up", "补染发根", "Colour", "colour", 8200, 90, 16},
		{"FULL", "Full colour", "全头染发", "Colour", "colour", 11500, 105, 9},
		{"FOILH", "Half head foils", "半头挑染", "Colour", "colour", 14500, 120, 7},
		{"FOILF", "Full head foils", "全头挑染", "Colour", "colour", 19500, 150, 4},
		{"BALA", "Balayage", "手刷染", "Colour", "colour", 24500, 180, 5},
		{"GLOSS", "Gloss & toner", "光泽调色", "Colour", "colour", 5500, 45, 8},
		{"CORR", "Colour correction", "修色", "Colour", "colour", 0, 180, 1},
		{"CONS", "Consultation", "咨询", "Other", "colour", 0, 15, 5},
		{"BROW", "Brow shape & tint", "修眉染眉", "Beauty", "beauty", 3900, 30, 10},
		{"LASH", "Lash lift", "睫毛翘烫", "Beauty", "beauty", 8500, 60, 6},
		{"FACE", "Signature facial", "招牌面部护理", "Beauty", "beauty", 12000, 75, 7},
		{"MANI", "Gel manicure", "凝胶美甲", "Beauty", "beauty", 5200, 60, 14},
		{"PEDI", "Spa pedicure", "水疗足部护理", "Beauty", "beauty", 6900, 60, 7},
		{"WAX", "Half leg wax", "半腿脱毛", "Beauty", "beauty", 4100, 30, 5},
	}
}

// demoPeople work in the invented salon, each with what they do best.
func demoPeople() []struct {
	salon.BatchStaff
	skill string
} {
	person := func(code, name, skill string) struct {
		salon.BatchStaff
		skill string
	} {
		return struct {
			salon.BatchStaff
			skill string
		}{salon.BatchStaff{Code: code, Name: name, Person: true, Performs: true}, skill}
	}
	return []struct {
		salon.BatchStaff
		skill string
	}{
		person("SAM", "Sam Okafor", "hair"), person("MEI", "Mei Lin", "colour"), person("SOFIA", "Sofia Reyes", "colour"),
		person("JONAS", "Jonas Weber", "hair"), person("LUCY", "Lucy Chen", "beauty"), person("AIKO", "Aiko Tanaka", "beauty"),
	}
}

// Brands and names are invented.
var (
	demoBrands = [...]string{"Fernhill", "Lumen & Oak", "North Shore", "Petal Lab"}
	demoGoods  = [...]struct {
		code, en, zh string
		cents, milli int64
	}{
		{"SH", "shampoo 250 ml", "洗发水 250 毫升", 2800, 14_000}, {"CO", "conditioner 250 ml", "护发素 250 毫升", 3000, 15_250},
		{"MA", "repair mask 150 ml", "修护发膜 150 毫升", 3900, 19_500}, {"OI", "argan oil 50 ml", "摩洛哥坚果油 50 毫升", 4200, 21_375},
		{"SP", "sea salt spray", "海盐喷雾", 2600, 12_800}, {"WA", "matte wax", "哑光发蜡", 2400, 11_125},
		{"HS", "heat shield", "隔热喷雾", 2900, 14_500}, {"MO", "volume mousse", "丰盈慕斯", 2700, 13_000},
		{"SE", "face serum 30 ml", "精华液 30 毫升", 5800, 29_000}, {"HC", "hand cream", "护手霜", 1800, 7_900},
	}
	demoGiven = [...]string{"Amelia", "Noah", "Olivia", "Liam", "Zoë", "Lucas", "Grace", "Ethan", "Chloé", "Omar", "Fatima", "Priya", "Rohan", "Elena",
		"Mateo", "Siobhán", "Björn", "Ngozi", "Kofi", "Anna", "Yusuf", "Isla", "Hugo", "Maya", "Jack", "Ruby", "Leo", "Ivy", "Theo", "Nora"}
	demoFamily = [...]string{"Grant", "Okafor", "Tremblay", "Singh", "O'Brien", "Patel", "Garcia", "Müller", "Kowalski", "Rossi", "Haddad", "Silva",
		"Campbell", "Nguyen", "Larsson", "Dubois", "Mensah", "Cohen", "Petrova", "Wilson", "Fraser", "Ahmed", "Costa", "Berg"}
	demoFamilyZH = [...]string{"王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "徐", "孙", "林", "何", "高", "欧阳"}
	demoGivenZH  = [...]string{"伟", "芳", "娜", "秀英", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "婷", "浩然", "子涵", "欣怡", "宇轩", "诗琪", "梦瑶", "嘉豪"}
	demoNotes    = [...]struct{ en, zh string }{
		{"Prefers tea, and quiet.", "喜欢喝茶，喜欢安静。"}, {"Always a little late.", "常常晚到几分钟。"}, {"Likes the window seat.", "喜欢靠窗的位置。"},
		{"Growing out a fringe.", "正在留长刘海。"}, {"Brings the dog.", "会带狗来。"}, {"Comes with both children.", "会带两个孩子一起来。"},
	}
	// Numbers 555-0100 to 555-0199 of every North American area are kept for
	// fiction and ring nowhere.
	demoAreas = [...]string{"416", "647", "437", "905", "289"}
)
