"""The people every test of the cycle knows: UBND tỉnh Đồng Nai, its Sở, the divisions, the associations.

Plain factories over the domain's own verbs; names of persons are invented, usernames say place and role.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from directives import access, accounts, organisations, people
from directives.access import Principal
from foundation.database import UnitOfWork

#: everything of the cast stands from this day on
SINCE = date(2024, 1, 1)

#: key → (name, kind, level, key of the parent)
ORGANISATIONS: dict[str, tuple[str, str, str, str | None]] = {
    "ubnd": ("Ủy ban nhân dân tỉnh Đồng Nai", "ubnd_tinh", "province", None),
    "so-khcn": ("Sở Khoa học và Công nghệ", "so", "department", "ubnd"),
    "so-noi-vu": ("Sở Nội vụ", "so", "department", "ubnd"),
    "qlkh": ("Phòng Quản lý Khoa học", "phong", "unit", "so-khcn"),
    "qlcn": ("Phòng Quản lý Chuyên ngành", "phong", "unit", "so-khcn"),
    "trung-tam": ("Trung tâm Khoa học và Công nghệ", "trung_tam", "unit", "so-khcn"),
    "khtc": ("Phòng Kế hoạch Tài chính", "phong", "unit", "so-khcn"),
    "lien-hiep-hoi": ("Liên hiệp các Hội Khoa học và Kỹ thuật tỉnh Đồng Nai", "hoi", "association", None),
    "tinh-uy": ("Thường trực Tỉnh ủy Đồng Nai", "dang", "party", None),
}

#: username → (full name, organisation, role, title)
PEOPLE: dict[str, tuple[str, str, str, str]] = {
    "ubnd.vanthu": ("Trần Thị Mai Anh", "ubnd", "clerk", "Văn thư"),
    "ubnd.cvp": ("Phạm Quốc Bình", "ubnd", "office_head", "Chánh Văn phòng"),
    "ubnd.chutich": ("Võ Minh Châu", "ubnd", "head", "Chủ tịch"),
    "ubnd.pct": ("Nguyễn Thu Dung", "ubnd", "deputy_head", "Phó Chủ tịch"),
    "ubnd.kgvx": ("Lê Hoàng Giang", "ubnd", "office_officer", "Chuyên viên khoa giáo – văn xã"),
    "skhcn.vanthu": ("Đỗ Ngọc Hà", "so-khcn", "clerk", "Văn thư"),
    "skhcn.cvp": ("Bùi Văn Hải", "so-khcn", "office_head", "Chánh Văn phòng Sở"),
    "skhcn.giamdoc": ("Lâm Thanh Hùng", "so-khcn", "head", "Giám đốc"),
    "skhcn.pgd": ("Đặng Tuấn Kiệt", "so-khcn", "deputy_head", "Phó Giám đốc"),
    "qlkh.truong": ("Hoàng Thị Lan", "qlkh", "unit_head", "Trưởng phòng"),
    "qlkh.cv": ("Ngô Đức Long", "qlkh", "officer", "Chuyên viên"),
    "qlcn.truong": ("Phan Văn Minh", "qlcn", "unit_head", "Trưởng phòng"),
    "qlcn.cv": ("Vũ Thị Nga", "qlcn", "officer", "Chuyên viên"),
    "tt.giamdoc": ("Trịnh Hữu Phước", "trung-tam", "unit_head", "Giám đốc Trung tâm"),
    "tt.cv": ("Cao Thị Quỳnh", "trung-tam", "officer", "Viên chức"),
    "khtc.truong": ("Dương Văn Sơn", "khtc", "unit_head", "Trưởng phòng"),
    "khtc.cv": ("Mai Thị Thảo", "khtc", "officer", "Chuyên viên"),
    "snv.vanthu": ("Huỳnh Thị Trang", "so-noi-vu", "clerk", "Văn thư"),
    "snv.cvp": ("Lý Văn Tùng", "so-noi-vu", "office_head", "Chánh Văn phòng Sở"),
    "snv.giamdoc": ("Tạ Quang Vinh", "so-noi-vu", "head", "Giám đốc"),
    "lhh.cvp": ("Châu Văn Ân", "lien-hiep-hoi", "office_head", "Chánh Văn phòng"),
    "lhh.vanphong": ("Đinh Thị Xuân", "lien-hiep-hoi", "officer", "Văn phòng"),
    "lhh.chutich": ("Hồ Sĩ Yên", "lien-hiep-hoi", "head", "Chủ tịch"),
}


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Ids of the organisations by key, of the accounts by username."""

    organisations: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)

    def organisation(self, key: str) -> str:
        """Give the id of an organisation."""
        return self.organisations[key]

    def key_of(self, organisation_id: str) -> str:
        """Give the key of an organisation, so that assertions read like names."""
        return next(key for key, value in self.organisations.items() if value == organisation_id)

    def principal(self, session: Session, username: str, now: datetime) -> Principal:
        """Give a person of the cast as the edge makes it of a session."""
        return access.principal_of(session, accounts.get(session, self.accounts[username]), now)


def enter(work: UnitOfWork, *, password: str | None = None) -> Cast:
    """Enter the whole cast; with a password everybody may sign in by it."""
    organisations.seed_levels(work)
    cast = Cast()
    for key, (name, kind, level, parent) in ORGANISATIONS.items():
        cast.organisations[key] = organisations.create(
            work,
            name=name,
            kind=kind,
            level=level,
            parent_id=cast.organisations[parent] if parent else None,
            on=SINCE,
        )
    for username, (name, organisation, role, title) in PEOPLE.items():
        person = people.create(work, full_name=name)
        people.appoint(work, person, role, cast.organisations[organisation], valid_from=SINCE, title=title)
        cast.accounts[username] = accounts.create(
            work, username=username, password=password, person_id=person
        )
    cast.accounts["admin"] = accounts.create(work, username="admin", password=password, is_admin=True)
    return cast


def enter_group(work: UnitOfWork, cast: Cast) -> str:
    """Enter the divisions of the Sở as the group its plans address (R-S3)."""
    group = organisations.create(
        work,
        name="Các phòng chuyên môn, đơn vị trực thuộc Sở",
        kind="nhom",
        level="unit",
        parent_id=cast.organisation("so-khcn"),
        on=SINCE,
        is_group=True,
    )
    members = [cast.organisation(key) for key in ("qlkh", "qlcn", "trung-tam", "khtc")]
    organisations.add_members(work, group, members, on=SINCE)
    cast.organisations["cac-phong"] = group
    return group
