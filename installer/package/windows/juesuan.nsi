; Set-up program for Windows: for the user alone (no administrator), silent with /S, in Simplified Chinese.
; Compiled by installer/package/windows.py, which defines VERSION, SOURCE, ICON, SIDE, REPORT_ICON, OUTPUT and KILOBYTES.
; It never writes to, and never removes, a report, a setting or a backup: those lie in the user's own folders.

Unicode True
RequestExecutionLevel user
SetCompressor /SOLID lzma
ManifestDPIAware true
!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "WinVer.nsh"
!include "x64.nsh"

!define NAME "决算公开编制"
!define TYPE "Juesuan.Report"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Juesuan"
!define CLASSES "Software\Classes"
!define OLDEST_BUILD 17763 ; Windows 10 1809, the oldest that Qt runs on

Name "${NAME}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\Juesuan"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
BrandingText "${NAME} ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "FileDescription" "${NAME} 安装程序"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "Apache-2.0"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${SIDE}"
!define MUI_WELCOMEPAGE_TITLE "安装${NAME} ${VERSION}"
!define MUI_WELCOMEPAGE_TEXT "本程序只为当前用户安装，不需要管理员权限，也不需要联网。$\r$\n$\r$\n如果正在使用旧版本，请先关闭它；已有的报告、设置和备份都会保留。$\r$\n$\r$\n单击“下一步”继续。"
!define MUI_FINISHPAGE_TITLE "安装完成"
!define MUI_FINISHPAGE_TEXT "双击扩展名为 .juesuan 的文件即可打开报告。"
!define MUI_FINISHPAGE_RUN "$INSTDIR\juesuan.exe"
!define MUI_FINISHPAGE_RUN_TEXT "现在打开${NAME}"
!define MUI_UNCONFIRMPAGE_TEXT_TOP "将卸载${NAME}。您的报告、设置和备份不会删除。"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"

LangString TooOld ${LANG_SIMPCHINESE} "本程序需要 64 位的 Windows 10（1809 或更新）或 Windows 11。"
LangString Running ${LANG_SIMPCHINESE} "${NAME}正在运行，请先关闭它，再重新开始。"
LangString Foreign ${LANG_SIMPCHINESE} "文件夹“$INSTDIR”里有别的文件，请另选一个空文件夹。"

; Ends the installer or uninstaller with a sentence; silent runs see exit code 2.
!macro Refuse TEXT
  MessageBox MB_OK|MB_ICONEXCLAMATION "${TEXT}" /SD IDOK
  SetErrorLevel 2
  Quit
!macroend

; A program that runs cannot be opened for writing.
!macro RefuseWhileRunning FILE
  ${If} ${FileExists} "${FILE}"
    ClearErrors
    FileOpen $0 "${FILE}" a
    ${If} ${Errors}
      !insertmacro Refuse "$(Running)"
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

!macro TellExplorer
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
!macroend

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    !insertmacro Refuse "$(TooOld)"
  ${EndIf}
FunctionEnd

Section
  !insertmacro RefuseWhileRunning "$INSTDIR\juesuan.exe"
  !insertmacro RefuseWhileRunning "$INSTDIR\juesuan-cli.exe"
  ; A folder that holds something else is not ours to fill, or later to clear.
  ${If} ${FileExists} "$INSTDIR\_internal\*.*"
  ${AndIfNot} ${FileExists} "$INSTDIR\juesuan.exe"
    !insertmacro Refuse "$(Foreign)"
  ${EndIf}
  RMDir /r "$INSTDIR\_internal" ; of an older version
  SetOutPath "$INSTDIR"
  File /r "${SOURCE}/*"
  File "/oname=report.ico" "${REPORT_ICON}"
  WriteUninstaller "$INSTDIR\uninstall.exe"

  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\juesuan.exe"
  CreateShortcut "$DESKTOP\${NAME}.lnk" "$INSTDIR\juesuan.exe"

  WriteRegStr HKCU "${CLASSES}\.juesuan" "" "${TYPE}"
  WriteRegStr HKCU "${CLASSES}\.juesuan\OpenWithProgids" "${TYPE}" ""
  WriteRegStr HKCU "${CLASSES}\${TYPE}" "" "决算公开报告"
  WriteRegStr HKCU "${CLASSES}\${TYPE}\DefaultIcon" "" "$INSTDIR\report.ico"
  WriteRegStr HKCU "${CLASSES}\${TYPE}\shell\open\command" "" '"$INSTDIR\juesuan.exe" "%1"'
  !insertmacro TellExplorer

  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\juesuan.exe"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  !insertmacro RefuseWhileRunning "$INSTDIR\juesuan.exe"
  !insertmacro RefuseWhileRunning "$INSTDIR\juesuan-cli.exe"
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\juesuan.exe"
  Delete "$INSTDIR\juesuan-cli.exe"
  Delete "$INSTDIR\report.ico"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR" ; only when empty: what somebody put there stays
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Delete "$DESKTOP\${NAME}.lnk"

  ; The extension only while it is ours: another program may have taken it over.
  ReadRegStr $0 HKCU "${CLASSES}\.juesuan" ""
  ${If} $0 == "${TYPE}"
    DeleteRegKey HKCU "${CLASSES}\.juesuan"
  ${EndIf}
  DeleteRegKey HKCU "${CLASSES}\${TYPE}"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  !insertmacro TellExplorer
SectionEnd
