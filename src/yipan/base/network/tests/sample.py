"""A small valid network that uses every table and every column."""

from __future__ import annotations

from yipan.base.network.rows import (
    AllianceRow,
    BedRow,
    CompetenceRow,
    DepartmentRow,
    NetworkFile,
    OrganisationRow,
    RoadRow,
    RoomRow,
    SimilarityRow,
    SiteRow,
    SpecialtyRow,
    WalkRow,
    WardRow,
)

NETWORK = NetworkFile(
    organisations=(
        OrganisationRow("G", "集团", "Group", "group", ""),
        OrganisationRow("H", "医院", "Hospital", "general_hospital", "G"),
    ),
    sites=(
        SiteRow("S1", "H", "东院区", "East", 27.5, 111.25, "Asia/Shanghai"),
        SiteRow("S2", "H", "西院区", "", None, None, "Asia/Shanghai"),
    ),
    specialties=(SpecialtyRow("03.03", "神经内科", "Neurology"), SpecialtyRow("04.02", "神经外科", "Neurosurgery")),
    departments=(
        DepartmentRow("NEU", "S1", "03.03", "神经内科", "Neurology"),
        DepartmentRow("NSU", "S1", "04.02", "神经外科", "Neurosurgery"),
        DepartmentRow("NEU2", "S2", "03.03", "神经内科", "Neurology"),
    ),
    wards=(
        WardRow("NEU1", "S1", "NEU", "神经内科一病区", "Neurology Ward 1", "内科楼", 12, 18, 1, 30),
        WardRow("NSU1", "S1", "NSU", "神经外科病区", "Neurosurgery Ward", "外科楼", 3, 20, None, None),
        WardRow("NEU2W", "S2", "NEU2", "神经内科二病区", "", "", -1, 0, None, None),
    ),
    competences=(CompetenceRow("NEU1", "03.03", 16), CompetenceRow("NSU1", "03.03", 9)),
    rooms=(
        RoomRow("NEU1", "1201", "same", "none", None, None),
        RoomRow("NEU1", "1202", "female", "contact", 18, 99),
        RoomRow("NSU1", "301", "any", "airborne", 0, None),
        RoomRow("NEU2W", "1", "male", "none", None, None),
    ),
    beds=(
        BedRow("NEU1-01", "NEU1", "1201", "01", "NEU", True, False, False, "general"),
        BedRow("NEU1-02", "NEU1", "1201", "02", "NEU", True, False, False, "general"),
        BedRow("NEU1-03", "NEU1", "1202", "03", "NSU", True, True, False, "step_down"),
        BedRow("NSU1-01", "NSU1", "301", "01", "NSU", True, True, True, "intensive"),
        BedRow("NEU2W-01", "NEU2W", "1", "01", "NEU2", False, False, False, "general"),
    ),
    alliances=(AllianceRow("NEU", "NSU", 1), AllianceRow("NEU", "NEU2", 2), AllianceRow("NSU", "NEU", 1)),
    similarities=(SimilarityRow("03.03", "04.02", 0.75), SimilarityRow("04.02", "03.03", 0.7)),
    walks=(WalkRow("NEU1", "NSU1", 4.5),),
    roads=(RoadRow("S1", "S2", 25.0),),
    policy={"G": {"reserve": {"default_beds": 2}}},
)


class Editor:
    """An actor for tests of what is written."""

    user_id = None
    name = "tester"
    kind = "system"
