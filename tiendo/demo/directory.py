"""Who is in the sample province: organisations of four provinces with their spellings, and their people.

Organisations are those the five documents name; the people are invented. One person stands for a role.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from directives import accounts, organisations, people
from foundation.database import UnitOfWork

#: everything stands from this day on; before the first document
SINCE = date(2021, 1, 1)
#: password of everybody in the sample province; printed at the start
PASSWORD = "tien-do-mau-2024"  # noqa: S105  a sample province has no secrets

#: key → (name, kind, level, key of the parent, further spellings within the province)
ORGANISATIONS: Mapping[str, tuple[str, str, str, str | None, tuple[str, ...]]] = {
    "dn.tinh-uy": ("Thường trực Tỉnh ủy Đồng Nai", "dang", "party", None, ("Thường trực Tỉnh ủy",)),
    "dn.tuyen-giao": ("Ban Tuyên giáo Tỉnh ủy Đồng Nai", "dang", "party", None, ("Ban Tuyên giáo Tỉnh ủy",)),
    "dn.ubnd": ("Ủy ban nhân dân tỉnh Đồng Nai", "ubnd_tinh", "province", None, ("UBND tỉnh",)),
    "dn.khcn": ("Sở Khoa học và Công nghệ tỉnh Đồng Nai", "so", "department", "dn.ubnd",
                ("Sở Khoa học và Công nghệ", "SKHCN")),
    "dn.noi-vu": ("Sở Nội vụ tỉnh Đồng Nai", "so", "department", "dn.ubnd", ("Sở Nội vụ",)),
    "dn.qlkh": ("Phòng Quản lý Khoa học", "phong", "unit", "dn.khcn", ("QLK",)),
    "dn.qlcn": ("Phòng Quản lý Chuyên ngành", "phong", "unit", "dn.khcn", ()),
    "dn.khtc": ("Phòng Kế hoạch Tài chính", "phong", "unit", "dn.khcn", ()),
    "dn.trung-tam": ("Trung tâm Khoa học và Công nghệ", "don_vi_su_nghiep", "unit", "dn.khcn", ()),
    "dn.lhh": ("Liên hiệp các Hội Khoa học và Kỹ thuật tỉnh Đồng Nai", "hoi", "association", None,
               ("Liên hiệp các Hội Khoa học và Kỹ thuật tỉnh", "Liên hiệp các Hội")),
    "dn.mttq": ("Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh Đồng Nai", "mttq", "association", None,
                ("Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh",)),
    "qn.thuong-vu": ("Ban Thường vụ Tỉnh ủy Quảng Ngãi", "dang", "party", None, ("Ban Thường vụ Tỉnh ủy",)),
    "qn.tuyen-giao": ("Ban Tuyên giáo Tỉnh ủy Quảng Ngãi", "dang", "party", None,
                      ("Ban Tuyên giáo Tỉnh ủy",)),
    "qn.to-chuc": ("Ban Tổ chức Tỉnh ủy Quảng Ngãi", "dang", "party", None, ("Ban Tổ chức Tỉnh ủy",)),
    "qn.ubnd": ("Ủy ban nhân dân tỉnh Quảng Ngãi", "ubnd_tinh", "province", None, ("UBND tỉnh",)),
    "qn.khcn": ("Sở Khoa học và Công nghệ tỉnh Quảng Ngãi", "so", "department", "qn.ubnd",
                ("Sở Khoa học và Công nghệ",)),
    "qn.noi-vu": ("Sở Nội vụ tỉnh Quảng Ngãi", "so", "department", "qn.ubnd", ("Sở Nội vụ",)),
    "qn.tai-chinh": ("Sở Tài chính tỉnh Quảng Ngãi", "so", "department", "qn.ubnd", ("Sở Tài chính",)),
    "qn.tttt": ("Sở Thông tin và Truyền thông tỉnh Quảng Ngãi", "so", "department", "qn.ubnd",
                ("Sở Thông tin và Truyền thông",)),
    "qn.kho-bac": ("Kho bạc Nhà nước tỉnh Quảng Ngãi", "nganh_doc", "vertical", None,
                   ("Kho bạc Nhà nước tỉnh",)),
    "qn.lhh": ("Liên hiệp các Hội Khoa học và Kỹ thuật tỉnh Quảng Ngãi", "hoi", "association", None,
               ("Liên hiệp các Hội Khoa học và Kỹ thuật tỉnh", "Liên hiệp Hội",
                "Cơ quan Liên hiệp các Hội Khoa học và Kỹ thuật tỉnh Quảng Ngãi",
                "Cơ quan Liên hiệp các Hội Khoa học và Kỹ thuật tỉnh")),
    "qn.bao": ("Báo Quảng Ngãi", "bao_chi", "press", None, ()),
    "qn.dai": ("Đài Phát thanh - Truyền hình tỉnh Quảng Ngãi", "bao_chi", "press", None,
               ("Đài Phát thanh - Truyền hình tỉnh",)),
    "dk.thuong-vu": ("Ban Thường vụ Tỉnh ủy Đắk Nông", "dang", "party", None, ("Ban Thường vụ Tỉnh ủy",)),
    "dk.ubnd": ("Ủy ban nhân dân tỉnh Đắk Nông", "ubnd_tinh", "province", None, ("UBND tỉnh",)),
    "dk.khcn": ("Sở Khoa học và Công nghệ tỉnh Đắk Nông", "so", "department", "dk.ubnd",
                ("Sở Khoa học và Công nghệ",)),
    "dk.khdt": ("Sở Kế hoạch và Đầu tư tỉnh Đắk Nông", "so", "department", "dk.ubnd",
                ("Sở Kế hoạch và Đầu tư",)),
    "dk.tai-chinh": ("Sở Tài chính tỉnh Đắk Nông", "so", "department", "dk.ubnd", ("Sở Tài chính",)),
    "dk.qlkh": ("Phòng Quản lý Khoa học và Công nghệ", "phong", "unit", "dk.khcn", ()),
    "dk.doanh-nghiep": ("Hiệp hội Doanh nghiệp tỉnh Đắk Nông", "hoi", "association", None,
                        ("Hiệp hội Doanh nghiệp tỉnh",)),
    "dk.mttq": ("Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh Đắk Nông", "mttq", "association", None,
                ("Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh",)),
    "dk.lhh": ("Liên hiệp các Hội Khoa học và Kỹ thuật tỉnh Đắk Nông", "hoi", "association", None,
               ("Liên hiệp các Hội Khoa học và Kỹ thuật tỉnh",)),
    "dk.nong-dan": ("Hội Nông dân tỉnh Đắk Nông", "ctxh", "association", None, ("Hội Nông dân tỉnh",)),
    "dk.phu-nu": ("Hội Liên hiệp Phụ nữ tỉnh Đắk Nông", "ctxh", "association", None,
                  ("Hội Liên hiệp Phụ nữ tỉnh",)),
    "dk.tinh-doan": ("Tỉnh đoàn Đắk Nông", "ctxh", "association", None, ("Tỉnh đoàn",)),
    "dk.bao": ("Báo Đắk Nông", "bao_chi", "press", None, ("Báo Đăk Nông",)),
    "dk.dai": ("Đài Phát thanh và Truyền hình Đắk Nông", "bao_chi", "press", None,
               ("Đài Phát thanh và Truyền hình Đăk Nông", "Đài PT&TH Đăk Nông")),
    "qt.ubnd": ("Ủy ban nhân dân tỉnh Quảng Trị", "ubnd_tinh", "province", None, ("UBND tỉnh",)),
    "qt.khcn": ("Sở Khoa học và Công nghệ tỉnh Quảng Trị", "so", "department", "qt.ubnd",
                ("Sở Khoa học và Công nghệ", "Sở KH&CN")),
    "qt.qlkh": ("Phòng Quản lý Khoa học", "phong", "unit", "qt.khcn", ()),
    "qt.khtc": ("Phòng Kế hoạch - Tài chính", "phong", "unit", "qt.khcn",
                ("Phòng Kế hoạch Tài chính", "Phòng Kế hoạch – Tài chính")),
    "qt.trung-tam": ("Trung tâm Nghiên cứu, Chuyển giao công nghệ và Đổi mới sáng tạo", "don_vi_su_nghiep",
                     "unit", "qt.khcn", ()),
    "qt.van-phong": ("Văn phòng Sở", "phong", "unit", "qt.khcn", ()),
}  # fmt: skip

#: districts of the sample, by province: members of the groups “UBND các huyện …”
DISTRICTS: Mapping[str, tuple[str, ...]] = {
    "dn": ("thành phố Biên Hòa", "thành phố Long Khánh", "huyện Trảng Bom"),
    "qn": ("thành phố Quảng Ngãi", "thị xã Đức Phổ", "huyện Bình Sơn"),
    "dk": ("thành phố Gia Nghĩa", "huyện Đắk Mil", "huyện Cư Jút"),
    "qt": ("thành phố Đông Hà", "thị xã Quảng Trị", "huyện Vĩnh Linh"),
}

#: key → (name, key of the parent, keys of the members, further spellings); `dn.huyen` is made of DISTRICTS
GROUPS: Mapping[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    "dn.cac-phong": (
        "Các phòng chuyên môn và đơn vị trực thuộc Sở", "dn.khcn",
        ("dn.qlkh", "dn.qlcn", "dn.khtc", "dn.trung-tam"),
        ("Các phòng chuyên môn và đơn vị", "Các phòng chuyên môn, đơn vị", "Các đơn vị",
         "Các phòng, đơn vị, Trung tâm thuộc Sở"),
    ),
    "dn.cac-so": ("Các sở, ngành, địa phương", "dn.ubnd", ("dn.khcn", "dn.noi-vu"),
                  ("Các sở, ban ngành", "Sở, ban, ngành", "Các cơ quan, đơn vị có liên quan")),
    "qn.cac-so": ("Các sở, ban ngành", "qn.ubnd", ("qn.khcn", "qn.noi-vu", "qn.tai-chinh", "qn.tttt"),
                  ("Các cơ quan, đơn vị của tỉnh", "Các sở, ban ngành chức năng liên quan",
                   "Các sở, ngành liên quan", "Các sở, ban ngành, cơ quan, đơn vị liên quan",
                   "Các sở, ban, ngành, đoàn thể", "Các cơ quan liên quan")),
    "dk.cac-so": ("Các Sở, ngành, địa phương", "dk.ubnd", ("dk.khcn", "dk.khdt", "dk.tai-chinh"),
                  ("Các Sở, Ban, ngành", "Các Sở, ngành", "Thủ trưởng các Sở, ngành")),
    "qt.cac-phong": ("Các phòng, đơn vị thuộc Sở", "qt.khcn", ("qt.qlkh", "qt.khtc", "qt.trung-tam"),
                     ("Các phòng, đơn vị", "Các phòng, đơn vị liên quan")),
}  # fmt: skip
_DISTRICT_SPELLINGS = (
    "UBND các huyện, thị xã, thành phố", "Các huyện, thị xã, thành phố", "UBND cấp huyện",
    "Ủy ban nhân dân các huyện, thành phố", "Ủy ban nhân dân các huyện, thành phố Gia Nghĩa",
    "UBND các huyện, thành phố Gia Nghĩa", "UBND huyện, thị xã, thành phố",
    "Chủ tịch Ủy ban nhân dân các huyện, thành phố Gia Nghĩa",
)  # fmt: skip
_PROVINCES = {"dn": "Đồng Nai", "qn": "Quảng Ngãi", "dk": "Đắk Nông", "qt": "Quảng Trị"}

#: username → (full name, organisation, role, title); the first eight are the ones to begin with
PEOPLE: Mapping[str, tuple[str, str, str, str]] = {
    "vanthu": ("Đỗ Ngọc Hà", "dn.khcn", "clerk", "Văn thư"),
    "chanhvanphong": ("Phạm Quốc Bình", "dn.ubnd", "office_head", "Chánh Văn phòng"),
    "chutich": ("Võ Minh Châu", "dn.ubnd", "head", "Chủ tịch"),
    "giamdoc": ("Lâm Thanh Hùng", "dn.khcn", "head", "Giám đốc"),
    "truongphong": ("Hoàng Thị Lan", "dn.qlkh", "unit_head", "Trưởng phòng"),
    "chuyenvien": ("Ngô Đức Long", "dn.qlkh", "officer", "Chuyên viên"),
    "chuyenvien2": ("Bạch Thị Mơ", "dn.qlkh", "officer", "Chuyên viên"),
    "vanthu.ubnd": ("Trần Thị Mai Anh", "dn.ubnd", "clerk", "Văn thư"),
    "phochutich": ("Nguyễn Thu Dung", "dn.ubnd", "deputy_head", "Phó Chủ tịch"),
    "chuyenvien.ubnd": ("Lê Hoàng Giang", "dn.ubnd", "office_officer", "Chuyên viên khoa giáo – văn xã"),
    "vanphong": ("Bùi Văn Hải", "dn.khcn", "office_head", "Chánh Văn phòng Sở"),
    "phogiamdoc": ("Đặng Tuấn Kiệt", "dn.khcn", "deputy_head", "Phó Giám đốc"),
    "truongphong.qlcn": ("Phan Văn Minh", "dn.qlcn", "unit_head", "Trưởng phòng"),
    "chuyenvien.qlcn": ("Vũ Thị Nga", "dn.qlcn", "officer", "Chuyên viên"),
    "truongphong.khtc": ("Dương Văn Sơn", "dn.khtc", "unit_head", "Trưởng phòng"),
    "chuyenvien.khtc": ("Mai Thị Thảo", "dn.khtc", "officer", "Chuyên viên"),
    "giamdoc.trungtam": ("Trịnh Hữu Phước", "dn.trung-tam", "unit_head", "Giám đốc Trung tâm"),
    "chuyenvien.trungtam": ("Cao Thị Quỳnh", "dn.trung-tam", "officer", "Viên chức"),
    "vanphong.noivu": ("Lý Văn Tùng", "dn.noi-vu", "office_head", "Chánh Văn phòng Sở"),
    "giamdoc.noivu": ("Tạ Quang Vinh", "dn.noi-vu", "head", "Giám đốc"),
    "chuyenvien.noivu": ("Kiều Thị Yến", "dn.noi-vu", "officer", "Chuyên viên"),
    "chutich.lhh": ("Hồ Sĩ Yên", "dn.lhh", "head", "Chủ tịch"),
    "vanphong.lhh": ("Đinh Thị Xuân", "dn.lhh", "officer", "Chuyên viên Văn phòng"),
    "vanthu.quangngai": ("Tôn Nữ Diệu Ái", "qn.ubnd", "clerk", "Văn thư"),
    "chanhvanphong.quangngai": ("Châu Văn Bảo", "qn.ubnd", "office_head", "Chánh Văn phòng"),
    "chutich.quangngai": ("Đoàn Công Danh", "qn.ubnd", "head", "Chủ tịch"),
    "phochutich.quangngai": ("Trương Quang Khải", "qn.ubnd", "deputy_head", "Phó Chủ tịch"),
    "chuyenvien.quangngai": ("Lưu Thị Hiền", "qn.ubnd", "office_officer", "Chuyên viên"),
    "giamdoc.khcn.quangngai": ("Nguyễn Trí Dũng", "qn.khcn", "head", "Giám đốc"),
    "chuyenvien.khcn.quangngai": ("Phùng Thị Kim", "qn.khcn", "officer", "Chuyên viên"),
    "vanphong.khcn.quangngai": ("Võ Thị Khuê", "qn.khcn", "office_head", "Chánh Văn phòng Sở"),
    "giamdoc.noivu.quangngai": ("Tăng Văn Lộc", "qn.noi-vu", "head", "Giám đốc"),
    "chuyenvien.noivu.quangngai": ("Quách Thị Mận", "qn.noi-vu", "officer", "Chuyên viên"),
    "giamdoc.taichinh.quangngai": ("Vương Đình Nghĩa", "qn.tai-chinh", "head", "Giám đốc"),
    "chuyenvien.taichinh.quangngai": ("Hà Thị Oanh", "qn.tai-chinh", "officer", "Chuyên viên"),
    "giamdoc.tttt.quangngai": ("Thái Bá Phúc", "qn.tttt", "head", "Giám đốc"),
    "chuyenvien.tttt.quangngai": ("Diệp Thị Quyên", "qn.tttt", "officer", "Chuyên viên"),
    "truongban.quangngai": ("Mạc Văn Rạng", "qn.tuyen-giao", "head", "Trưởng ban"),
    "chuyenvien.tuyengiao.quangngai": ("Ông Thị Sen", "qn.tuyen-giao", "officer", "Chuyên viên"),
    "chutich.lhh.quangngai": ("Huỳnh Tấn Tài", "qn.lhh", "head", "Chủ tịch"),
    "vanphong.lhh.quangngai": ("Lê Thị Uyên", "qn.lhh", "officer", "Chuyên viên Văn phòng"),
    "vanthu.daknong": ("H' Linh Êban", "dk.khcn", "clerk", "Văn thư"),
    "vanphong.daknong": ("Trần Đình Văn", "dk.khcn", "office_head", "Chánh Văn phòng Sở"),
    "giamdoc.daknong": ("Nguyễn Hữu Xướng", "dk.khcn", "head", "Giám đốc"),
    "truongphong.daknong": ("Đào Thị Ánh", "dk.qlkh", "unit_head", "Trưởng phòng"),
    "chuyenvien.daknong": ("Y Bhem Niê", "dk.qlkh", "officer", "Chuyên viên"),
    "vanthu.quangtri": ("Hồ Thị Cúc", "qt.khcn", "clerk", "Văn thư"),
    "vanphong.quangtri": ("Lê Thị Bích Nhàn", "qt.khcn", "office_head", "Chánh Văn phòng Sở"),
    "giamdoc.quangtri": ("Trần Ngọc Đạt", "qt.khcn", "head", "Giám đốc"),
    "truongphong.quangtri": ("Nguyễn Văn Giáp", "qt.qlkh", "unit_head", "Trưởng phòng"),
    "chuyenvien.quangtri": ("Phan Thị Hoa", "qt.qlkh", "officer", "Chuyên viên"),
    "truongphong.khtc.quangtri": ("Bùi Thanh Khiết", "qt.khtc", "unit_head", "Trưởng phòng"),
    "chuyenvien.khtc.quangtri": ("Cao Thị Loan", "qt.khtc", "officer", "Chuyên viên"),
    "giamdoc.trungtam.quangtri": ("Dương Công Mẫn", "qt.trung-tam", "unit_head", "Giám đốc Trung tâm"),
}
ADMIN, INSPECTOR = "quantri", "thanhtra"
ADMIN_NAME, INSPECTOR_NAME = "Vi Văn Quản", "Tống Thị Thanh Trà"
#: who is printed at the start: a way into every stage of the five documents
LOGINS = (
    *("vanthu", "chanhvanphong", "chutich", "giamdoc", "truongphong", "chuyenvien"),
    *("truongphong.qlcn", "chutich.lhh", "vanthu.daknong", "chuyenvien.quangtri", "chutich.quangngai"),
    *(ADMIN, INSPECTOR),
)


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Ids by key and username."""

    organisations: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)


def enter(work: UnitOfWork) -> Directory:
    """Enter everything; nobody can sign in before `admit`."""
    found = Directory()
    for key, (name, kind, level, parent, _spellings) in ORGANISATIONS.items():
        found.organisations[key] = organisations.create(
            work,
            name=name,
            kind=kind,
            level=level,
            on=SINCE,
            parent_id=found.organisations[parent] if parent else None,
        )
    _enter_spellings(work, found)
    for province in DISTRICTS:
        _enter_districts(work, found, province)
    for key, (name, parent, members, spellings) in GROUPS.items():
        _enter_group(work, found, key, (name, parent, spellings), members)
    _enter_people(work, found)
    return found


def admit(work: UnitOfWork, found: Mapping[str, str]) -> None:
    """Give every account its password: the province is complete."""
    for account_id in found.values():
        accounts.set_password(work, account_id, PASSWORD)


def _enter_spellings(work: UnitOfWork, found: Directory) -> None:
    """Enter the spellings of each province for documents of that province only (R-S10)."""
    for key, (*_rest, spellings) in ORGANISATIONS.items():
        scopes = _scopes(found, key.partition(".")[0])
        for spelling in spellings:
            for scope in scopes:
                organisations.add_alias(work, found.organisations[key], spelling, scope_id=scope)


def _scopes(found: Directory, province: str) -> list[str]:
    """Give the issuers below which a province's spellings hold: its UBND and its Party bodies."""
    keys = [f"{province}.ubnd"]
    keys += [
        key
        for key, (_name, kind, *_rest) in ORGANISATIONS.items()
        if key.startswith(f"{province}.") and kind == "dang"
    ]
    return [found.organisations[key] for key in keys]


def _enter_districts(work: UnitOfWork, found: Directory, province: str) -> None:
    parent = found.organisations[f"{province}.ubnd"]
    members = []
    for number, name in enumerate(DISTRICTS[province]):
        key = f"{province}.huyen-{number}"
        found.organisations[key] = organisations.create(
            work,
            name=f"Ủy ban nhân dân {name}",
            kind="ubnd_huyen",
            level="district",
            on=SINCE,
            parent_id=parent,
        )
        members.append(key)
    place = _PROVINCES[province]
    group = (f"UBND các huyện, thị xã, thành phố tỉnh {place}", f"{province}.ubnd", _DISTRICT_SPELLINGS)
    _enter_group(work, found, f"{province}.huyen", group, members)


def _enter_group(
    work: UnitOfWork,
    found: Directory,
    key: str,
    group: tuple[str, str, tuple[str, ...]],
    members: Iterable[str],
) -> None:
    name, parent, spellings = group
    group_id = found.organisations[key] = organisations.create(
        work,
        name=name,
        kind="nhom",
        level="unit",
        on=SINCE,
        parent_id=found.organisations[parent],
        is_group=True,
    )
    ids = [found.organisations[one] for one in members]
    organisations.add_members(work, group_id, ids, on=SINCE)
    scopes = {*_scopes(found, key.partition(".")[0]), found.organisations[parent]}
    for spelling in spellings:
        for scope in sorted(scopes):
            organisations.add_alias(work, group_id, spelling, scope_id=scope)


def _enter_people(work: UnitOfWork, found: Directory) -> None:
    for username, (name, organisation, role, title) in PEOPLE.items():
        person = people.create(work, full_name=name)
        people.appoint(work, person, role, found.organisations[organisation], valid_from=SINCE, title=title)
        found.accounts[username] = accounts.create(work, username=username, person_id=person)
    inspector = people.create(work, full_name=INSPECTOR_NAME)
    people.appoint(
        work, inspector, "inspector", found.organisations["dn.ubnd"], valid_from=SINCE, title="Thanh tra viên"
    )
    found.accounts[INSPECTOR] = accounts.create(work, username=INSPECTOR, person_id=inspector)
    admin = people.create(work, full_name=ADMIN_NAME)
    found.accounts[ADMIN] = accounts.create(work, username=ADMIN, person_id=admin, is_admin=True)
