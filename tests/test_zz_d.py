
from tests.test_rebuild import *
from tests.test_rebuild import test_after_all_that_may_happen_the_archive_alone_gives_every_row_again as test_it
for n in list(globals()):
    if n.startswith("test_") and n != "test_it": del globals()[n]
@pytest.fixture
def home(tmp_path):
    shutil.copytree("/tmp/d_tinh", tmp_path/"nha")
    return Home(tmp_path/"nha")
