"""Words of the administrative language that carry structure: what is done, who can be told to do it.

Lists of the language and of the official form only; no names of provinces or single organisations.
"""

import re

from foundation.vietnamese import fold

#: first words of what a unit is told to do, as they are written inside a sentence
_ACTIONS = """
tiếp thu|hoàn tất|khởi động|lưu ý|bảo quản|thực thi|phụ trách|trao đổi|trả lời|phản hồi|giải trình
kết hợp|tập hợp|thu thập|chứng nhận|gia hạn|tổng rà soát|lắp đặt|phân luồng|xét duyệt|chốt|tư vấn
truy quét|tạm ứng|bình chọn|phát sóng|phát hành|xuất bản|xin ý kiến|hòa giải|thuê|cân nhắc|đăng tin
đăng ký|thăm|tặng|vinh danh|khen|nhập|trích|chi|xây|làm|sơ chế|kiểm định|hiệu chỉnh|tính|khai báo
giải thích|tập dượt|diễn tập|trực tiếp|phục vụ|chủ trì|phối hợp|tham mưu|rà soát|xây dựng|tổ chức
triển khai|thực hiện|hướng dẫn|kiểm tra|đôn đốc|theo dõi|tổng hợp|báo cáo|bố trí|cân đối|thẩm định
đề xuất|chỉ đạo|tăng cường|đẩy mạnh|đẩy nhanh|có trách nhiệm|chịu trách nhiệm|khẩn trương|chủ động
nghiêm túc|tiếp tục|tập trung|thường xuyên|kịp thời|tích cực|nâng cao|đổi mới|phát huy|hoàn thiện
hoàn thành|hoàn chỉnh|ban hành|trình|gửi|cung cấp|cập nhật|công bố|công khai|tuyên truyền|phổ biến
quán triệt|vận động|đào tạo|bồi dưỡng|tập huấn|hỗ trợ|khuyến khích|thúc đẩy|huy động|ưu tiên|đầu tư
mở rộng|phát triển|duy trì|củng cố|kiện toàn|thành lập|thu hút|nghiên cứu|ứng dụng|khảo sát|điều tra
thống kê|đánh giá|phân tích|lập|lựa chọn|ký kết|thanh tra|giám sát|xử lý|giải quyết|khắc phục
chấn chỉnh|phòng chống|phòng, chống|ngăn chặn|bảo đảm|đảm bảo|bảo vệ|quản lý|vận hành|sử dụng
khai thác|tiếp nhận|bàn giao|phân bổ|giải ngân|thanh toán|quyết toán|dự trù|lồng ghép|cụ thể hóa
cụ thể hoá|thể chế hóa|phân công|bố cục|cử|giao|mời|lấy ý kiến|góp ý|tham gia|tiến hành|xác định
chuẩn bị|niêm yết|số hóa|số hoá|kết nối|chia sẻ|tích hợp|cải cách|cắt giảm|đơn giản hóa|rút ngắn|tạo
có giải pháp|có kế hoạch|có biện pháp|làm đầu mối|là đầu mối|đầu mối|giúp|thông báo|thông tin
đưa tin|đăng tải|viết bài|in ấn|cấp phát|cấp|phát động|khen thưởng|biểu dương|tôn vinh|kêu gọi
xúc tiến|liên hệ|làm việc|thẩm tra|phê duyệt|quyết định|quy định|điều chỉnh|bổ sung|sửa đổi
tái cơ cấu|sắp xếp|trang bị|mua sắm|sửa chữa|nâng cấp|cải tạo|trồng|chăm sóc|phun|tiêu hủy|tiêm
giám định|quan trắc|tuần tra|kiểm soát|kiểm kê|kiểm điểm|xem xét|căn cứ|trên cơ sở|thường trực|trực
chấp hành|tuân thủ|nhân rộng|tổng kết|sơ kết|tự kiểm tra|đối chiếu|xác minh|hoạch định|định hướng
phát hiện|tận dụng|quy hoạch|phân loại|bình xét|tuyển chọn|tuyển dụng|bổ nhiệm|đấu thầu|giải phóng
cưỡng chế|thu hồi|đền bù|di dời|sơ tán|cứu trợ|ứng phó|khoanh vùng|dập dịch|tiết kiệm|thu gom
vệ sinh|rút kinh nghiệm|nắm bắt|nắm|lắng nghe|đối thoại|tiếp công dân|phản ánh|đề nghị|kiến nghị
giới thiệu|quảng bá|truyền thông|ký|soạn thảo|dự thảo|biên soạn|tính toán|tìm kiếm|giữ vững
chú trọng|quan tâm|coi trọng|gắn|lấy|phục tráng|bảo tồn|khuyến cáo|cam kết|ủy quyền|tham dự
quyết liệt|chi trả|thu|nộp|hạch toán|điều hành|điều phối|chuyển đổi|chuyển giao|chuyển|nghiệm thu
thi công|khởi công|đối với|theo chức năng|theo nhiệm vụ|theo thẩm quyền|theo phạm vi|nhanh chóng
phấn đấu|từng bước|đồng thời|bám sát|thay thế|tăng|giảm|trực ban|bình ổn|khôi phục|phục hồi|dự phòng
lấy mẫu|điều hòa|cắm mốc|nạo vét|gia cố|kê khai|xây mới|bảo trì|bảo dưỡng|tự rà soát|rà soát lại
mở|thụ lý|đàm phán|cảnh báo|trang trí|kẻ|dẹp|ra quân|khởi tố|dự trữ|cung ứng|vận chuyển|sàng lọc|khám
điều trị|khử khuẩn|cách ly|xử phạt|thi hành|xét xử|hoàn trả|cổ phần hóa|trưng bày|biểu diễn|sưu tầm
biên tập|đo đạc|treo|dựng|nhắc nhở|nhắc|xóa|xoá|khơi thông|cắt tỉa|di chuyển|thu dọn|hoàn nguyên
tiêu thụ|thay đổi|đấu nối|thả|chống|phòng ngừa|bắt giữ|đấu tranh|tấn công|trấn áp|canh gác|đón
chào hàng|thương thảo|trả nợ|trả|bù|hoãn|dừng|tạm dừng|chấm dứt|kéo dài|khấu trừ|đưa|dành|sửa
quyên góp|ủng hộ|thắp|viếng|tặng quà|thi|chấm|tập luyện|huấn luyện|tuyển quân|gọi|khởi động|bán
khai trương|khánh thành|đóng|trao|phát|in|viết|ghi|chọn|bầu|miễn|giãn|lùi|hạn chế|cấm|tịch thu
dự toán|lãnh đạo|định kỳ|hằng|hàng|quán xuyến|phân luồng|nhận|chia|ghép|đọc|sắp đặt|dạy|học
lên kế hoạch|lập kế hoạch|làm tốt|làm rõ|tạo điều kiện|thí điểm
"""
ACTIONS = tuple(
    sorted(
        {w.strip() for line in _ACTIONS.split("\n") for w in line.split("|") if w.strip()},
        key=len,
        reverse=True,
    )
)
_ACTION_WORDS = "|".join(re.escape(word) for word in ACTIONS)
#: a sentence that begins with an action
STARTS_WITH_ACTION = re.compile(rf"^(?:{_ACTION_WORDS})\b", re.IGNORECASE)
_FOLDED_ACTIONS = re.compile(
    "^(?:" + "|".join(sorted({re.escape(fold(w)) for w in ACTIONS}, key=len, reverse=True)) + r")\b"
)

#: words that only a doer is followed by; they end a name wherever they stand
ROLE_WORDS = (
    r"chủ trì|phối hợp|tham mưu|có trách nhiệm|chịu trách nhiệm|căn cứ|chủ động|khẩn trương|nghiêm túc"
    r"|tích cực|thường xuyên|tiếp tục|tập trung|tăng cường|đẩy mạnh|theo chức năng|theo nhiệm vụ"
    r"|theo thẩm quyền|theo phạm vi|theo dõi|trên cơ sở|rà soát|triển khai|thực hiện|hướng dẫn|báo cáo"
    r"|kịp thời|đôn đốc|kiểm tra|tổng hợp|đề xuất|chỉ đạo|thẩm định|bố trí|cân đối|làm đầu mối"
    r"|có phương án|có biện pháp|có hình thức|có báo cáo|có chính sách|có hướng dẫn|có chương trình"
    r"|là đầu mối|là cơ quan|là đơn vị|cần|phải|sẽ|đã|chưa|vẫn|đang|được|để|nhằm|tại|theo"
    r"|trong(?! tỉnh| và ngoài| khu| huyện| ngành)|trước ngày|khi|nếu|về|có văn bản|có kế hoạch"
    r"|có giải pháp|lập|giúp|gửi|hoàn thành|quán triệt|tuyên truyền|thúc đẩy|xem xét|xây dựng|tổ chức"
    r"|ban hành|(?<!ương )(?<!ông )(?<!uy )(?<!ờ )(?<!ộ )(?<!iáo )trình|dự trù|tiếp nhận|cụ thể hóa"
    r"|cụ thể hoá|cung cấp|chuẩn bị|xử lý|giải quyết"
    r"|phát huy|duy trì|phổ biến|cử|ưu tiên|lồng ghép|đẩy nhanh|đăng ký|nâng cao|tự|đồng thời|thông báo"
    r"|xác định|lựa chọn|chấn chỉnh|bảo đảm|đảm bảo|khắc phục|đăng tải|cập nhật|công bố|công khai"
    r"|vận động|huy động|soạn thảo|hoàn thiện|hoàn chỉnh|nắm|quyết liệt|quan tâm|chú trọng|tham gia"
    r"|tiến hành|phân công|phân bổ|từ nguồn|bằng|chấp hành|bám sát|phấn đấu|thống nhất|trực tiếp"
    r"|dự kiến|làm việc|làm|giám sát|lãnh đạo|khảo sát|thống kê|thanh tra|mời|phê duyệt|thông tin"
    r"|đưa tin|phát động|tạo|quản lý|sử dụng|đánh giá|hỗ trợ|nghiên cứu|đào tạo|bồi dưỡng|tập huấn"
    r"|phát triển|ứng dụng|đầu tư|xúc tiến|bảo vệ|kiểm soát|tuyển chọn|điều tra|khuyến khích|điều hành"
    r"|thành lập|củng cố|kiện toàn|số hóa|kết nối|chia sẻ|vận hành|mua sắm|đặt hàng|tiêm|phun|giao"
)
_LONG_ACTIONS = "|".join(re.escape(word) for word in ACTIONS if " " in word)
ENDS_NAME = re.compile(
    rf"(?<![\w])(?<![Đđ]ào )(?<![Đđ]ăng )(?<![Ss]áng )(?<![Cc]ải )(?:{_LONG_ACTIONS}|{ROLE_WORDS}|tăng"
    rf"|giảm|trực(?! thuộc)|mở|sửa|đưa|dành|rút|ký|nạo vét|gia cố|cấp phát|thụ lý|đàm phán)(?![\w])"
)
#: actions that are also words of names ("Trung tâm nghiên cứu …", "Ban quản lý dự án đầu tư xây dựng …")
WORDS_OF_NAMES = frozenset(
    [
        "quản lý",
        "nghiên cứu",
        "đào tạo",
        "bồi dưỡng",
        "phát triển",
        "ứng dụng",
        "đầu tư",
        "xúc tiến",
        "bảo vệ",
        "kiểm soát",
        "hỗ trợ",
        "xây dựng",
        "tổ chức",
        "giám sát",
        "kiểm tra",
        "thanh tra",
        "chỉ đạo",
        "đánh giá",
        "điều hành",
        "thông tin",
        "tiếp nhận",
        "điều tra",
        "khảo sát",
        "quan tâm",
        "thẩm định",
        "vận động",
        "tuyên truyền",
        "phòng chống",
        "phòng, chống",
        "giao",
        "sử dụng",
        "tiếp công dân",
        "chuyển giao",
        "chuyển đổi",
        "chăm sóc",
        "kiểm định",
        "quan trắc",
        "phân tích",
        "tạo",
        "làm việc",
        "sử dụng",
        "lãnh đạo",
        "dự trù",
        "công bố",
        "báo cáo",
        "tham mưu",
        "tổng hợp",
        "hướng dẫn",
    ]
)

#: nouns that begin the name of somebody who can be told to do something
_HEADS = (
    r"Khoa(?! học)|Sở|Ban(?! hành| đầu)"
    r"|Phòng(?!,| chống| ngừa)|Văn phòng|Ủy ban|Uỷ ban|UBND|HĐND|Hội đồng|UBMTTQVN|UBMTTQ"
    r"|MTTQVN|MTTQ|Mặt trận|Trung tâm|Chi cục|Cục|Tổng cục|Vụ(?! việc)|Công an"
    r"|Bộ(?! tiêu chí| luật| thủ tục| chỉ số| máy| công cụ)|Quân sự|Biên phòng|Kho bạc|Ngân hàng"
    r"|Hội(?! nghị| thảo| thi| chợ| diễn| họp| nhập| trường)|Liên hiệp|Liên minh|Liên đoàn|Hiệp hội"
    r"|Đoàn(?! kết)|Tỉnh đoàn|Thành đoàn|Huyện đoàn|Tỉnh ủy|Tỉnh uỷ|Thành ủy|Huyện ủy|Thị ủy|Đảng ủy"
    r"|Đảng uỷ|Đảng đoàn|Cấp ủy|Chi bộ|Báo(?! cáo| động| chí)|Đài|Trường(?! hợp)|Viện|Học viện"
    r"|Bệnh viện|Công ty|Tổng công ty|Tập đoàn|Doanh nghiệp|Thường trực(?! tiếp)|Bảo hiểm xã hội|BHXH"
    r"|Điện lực|Thanh tra(?!,| kiểm tra| việc)|Tòa án|Toà án|Viện kiểm sát|Quỹ(?! đất)|Hạt|Tổ(?! chức)"
    r"|Tổ chức(?= (?:chính trị|xã hội|đảng|tín dụng|khoa học))|Bưu điện|Viễn thông|Thuế|Hải quan"
    r"|Kiểm lâm|Cổng|Nhà(?! nước| ở)|Thư viện|Bảo tàng|Vườn quốc gia|Khu (?:bảo tồn|kinh tế)|Cảng"
    r"|Xí nghiệp|Hợp tác xã|Đội(?! ngũ)|Trạm|Bộ phận|Cơ quan|Đơn vị|Chủ đầu tư|Nhà thầu|Xã(?! hội)"
    r"|Phường|Thành phố|Huyện|Thị xã|Chính quyền(?! điện tử| số)|VP|VPUB|BQL|Thủ trưởng|Người đứng đầu"
    r"|Lãnh đạo(?!,| chỉ đạo| tổ chức| thực hiện)|Chủ tịch|Phó Chủ tịch|Phó Bí thư|Giám đốc"
    r"|Phó Giám đốc|Trưởng(?! thành)|Phó Trưởng|Chánh|Phó Chánh|Cục trưởng|Chi cục trưởng|Viện trưởng"
    r"|Hiệu trưởng|Tổng Giám đốc|Bí thư|Đồng chí|đồng chí|đ/c|Đ/c|ông|Ông|bà|Bà|Chuyên viên|Công chức"
    r"|Phó Thủ tướng|Thủ tướng|Bộ trưởng|Thứ trưởng|Phó Hiệu trưởng|Nhân viên|Giáo viên|Kế toán"
    r"|Tư vấn(?= (?:giám sát|thiết kế|quản lý))|Liên danh|Trưởng (?:thôn|ấp|khóm|bản)|Tổ trưởng|Tổ phó|Cán bộ"
    r"|Tổng Biên tập|Thành viên|KBNN|NHNN|LĐLĐ|Lực lượng"
)
#: nouns of groups, also written small: "các sở, ban, ngành"
_GROUP_NOUNS = (
    r"huyện ủy|thành ủy|thị ủy|tỉnh ủy|đảng ủy|cấp ủy|ban cán sự|giáo viên|nhân viên|khoa|sở|ban|ngành"
    r"|cơ quan|đơn vị|tổ chức|địa phương|huyện|xã|phường|đặc khu|thị xã|thị trấn|thành phố"
    r"|phòng|trung tâm|hội|đoàn thể|doanh nghiệp|trường|viện|cấp|thành viên|chủ đầu tư|hợp tác xã"
    r"|bệnh viện|cơ sở|bộ|công ty|ủy ban|uỷ ban|ubnd|đảng|chi cục|cục|chi nhánh|ngân hàng|liên hiệp"
    r"|hiệp hội|hộ|cá nhân|đồng chí|tổ|nhóm|lực lượng|chính quyền|phó|giám đốc|thủ trưởng|chuyên viên"
    r"|công chức|cán bộ|văn phòng|trạm|đội|quỹ|nhà|đài|báo|thành phần"
)
HEAD = rf"(?:(?:{_HEADS})(?![\w]))"
GROUP = (
    rf"(?:(?:[Cc]ác|[Nn]hững|[Tt]oàn thể|[Tt]ất cả(?: các)?|[Tt]ừng|[Mm]ỗi)\s+(?i:{_GROUP_NOUNS})(?![\w]))"
)
#: people by their work, written small inside a list
SMALL_PERSON = r"(?:(?:giáo viên|nhân viên|kế toán|cán bộ|chuyên viên|công chức|bảo vệ)(?![\w]))"
#: where a name of somebody begins
STARTS_PARTY = re.compile(rf"(?:{GROUP}|{HEAD})")
#: small-letter forms that stand for somebody after "giao", in a list or after a label
STARTS_PARTY_SMALL = re.compile(
    rf"(?i:{GROUP})|{HEAD}|(?:sở|ban|ngành|cơ quan|đơn vị|địa phương|phòng|trung tâm|doanh nghiệp"
    rf"|đoàn thể|ubnd|hội|chủ đầu tư|công an"
    r"|văn phòng|ủy ban|huyện|xã|phường|thị xã|thị trấn|thành phố|đặc khu|chính quyền|liên hiệp|hiệp hội"
    r"|báo|đài|trường|huyện ủy|thành ủy|thị ủy|đảng ủy|nhà thầu"
    r"|liên danh|tư vấn giám sát|giáo viên|nhân viên)(?![\w])(?! hành)(?! cáo)"
)


def starts_with_action(text: str) -> bool:
    """Tell whether a clause begins with something to be done; OCR marks do not matter."""
    return _FOLDED_ACTIONS.match(fold(text.lstrip(" -+•"))) is not None
