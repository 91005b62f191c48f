"""Chinese surnames that need care: those of two characters, and those read differently in a name."""

from __future__ import annotations

COMPOUND = frozenset(
    surname
    for line in (
        "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶",
        "太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良",
        "漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 公户 公玉 公仪 梁丘 公仲",
        "公上 公门 公山 公坚 左丘 公伯 西门 公祖 第五 公乘 贯丘 公皙 南荣 东里 东宫 仲长 子书 子桑 即墨 达奚",
        "褚师 纳兰 爱新 完颜 叶赫 那拉 富察 钮祜 哈拉 乌雅 欧陽 司馬 諸葛 尉遲 長孫",
    )
    for surname in line.split()
)
"""Surnames of two characters (百家姓 and those still borne)."""

READINGS: dict[str, str] = {
    "万俟": "mo qi",
    "尉迟": "yu chi",
    "尉遲": "yu chi",
    "澹台": "tan tai",
    "长孙": "zhang sun",
    "長孫": "zhang sun",
    "仲长": "zhong chang",
    "令狐": "ling hu",
    "乐正": "yue zheng",
    "宰父": "zai fu",
    "亓官": "qi guan",
    "颛孙": "zhuan sun",
    "单": "shan",
    "單": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "解": "xie",
    "查": "zha",
    "朴": "piao",
    "区": "ou",
    "區": "ou",
    "任": "ren",
    "盖": "ge",
    "蓋": "ge",
    "葛": "ge",
    "乐": "yue",
    "樂": "yue",
    "缪": "miao",
    "繆": "miao",
    "翟": "zhai",
    "员": "yun",
    "折": "she",
    "秘": "bi",
    "种": "chong",
    "召": "shao",
    "卜": "bu",
    "冼": "xian",
    "洗": "xian",
    "覃": "qin",
    "宁": "ning",
    "甯": "ning",
    "燕": "yan",
    "应": "ying",
    "尉": "wei",
    "祭": "zhai",
    "繁": "po",
    "隗": "wei",
    "佴": "nai",
    "能": "nai",
    "阙": "que",
    "谌": "chen",
    "纪": "ji",
    "车": "che",
    "宓": "mi",
    "句": "gou",
    "晟": "cheng",
    "藏": "zang",
    "乜": "nie",
    "么": "yao",
    "幺": "yao",
    "郇": "xun",
    "郗": "xi",
    "牟": "mou",
    "薄": "bo",
    "瞿": "qu",
    "莘": "shen",
    "柏": "bai",
    "贾": "jia",
    "盛": "sheng",
    "沈": "shen",
    "粘": "nian",
    "那": "na",
    "褚": "chu",
    "臧": "zang",
    "訾": "zi",
    "逄": "pang",
    "俞": "yu",
    "长": "zhang",
    "都": "du",
    "咸": "xian",
}
"""Readings of characters as surnames, syllables apart by a space (《现代汉语词典》, marks "用于姓氏")."""


def split(name: str) -> tuple[str, str]:
    """(surname, given name) of a Chinese name; the surname has two characters for compound surnames."""
    size = 2 if len(name) > 2 and name[:2] in COMPOUND else 1
    return name[:size], name[size:]
